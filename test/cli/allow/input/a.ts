declare function save(): Promise<void>;
// mooring-allow floating-promise: the process ends when it is done
save();
save(); // mooring-allow floating-promise
// mooring-allow floating-promises: a slip
save();
// mooring-allow floating-promise: nothing here any more
export const done = 1;

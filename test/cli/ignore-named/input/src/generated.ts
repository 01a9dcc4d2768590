declare function save(): Promise<void>;
save();

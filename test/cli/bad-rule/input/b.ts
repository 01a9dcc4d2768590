declare function save(): Promise<void>;
function again() {}
again();

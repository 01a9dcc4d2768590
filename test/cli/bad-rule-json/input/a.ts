declare function save(): Promise<void>;

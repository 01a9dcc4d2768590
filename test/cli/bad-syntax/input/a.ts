declare function save(): Promise<void>;
save();
function broken( {
  save(;

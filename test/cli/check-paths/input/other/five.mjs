async function save() {}
save();

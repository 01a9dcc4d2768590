async function save() {}
save();
const = [;

// What the threads of all pools run.
export const increment = (value) => value + 1;
export default increment;

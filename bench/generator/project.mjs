export const generateProject = () => ({texts:new Map([["src/a.ts","export {}\n"]]),planted:{}});

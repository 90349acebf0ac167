// lint-staged names the staged files; aemcred looks at what is staged itself.
export default { "*": () => "aemcred check --staged" };

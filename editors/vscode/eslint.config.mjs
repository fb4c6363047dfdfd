import tseslint from "typescript-eslint";

export default tseslint.config(
  ...tseslint.configs.strictTypeChecked,
  { languageOptions: { parserOptions: { project: true } } },
  {
    files: ["test/**", "host/**"],
    // node's describe and test return promises that node itself waits for.
    rules: { "@typescript-eslint/no-floating-promises": "off" },
  },
);

// What the build makes of a CSS module: the names in it, each with the name it has on the page.

declare module '*.module.css' {
  const classes: Readonly<Record<string, string>>;
  export default classes;
}

declare module '*.css';

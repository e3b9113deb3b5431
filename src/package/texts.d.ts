/** Scripts, as their text. */
declare module '*.sh' {
  const text: string;
  export default text;
}
declare module '*.py' {
  const text: string;
  export default text;
}
declare module '*.rpm' {
  const text: string;
  export default text;
}

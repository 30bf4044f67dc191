/**
 * What we leave out of regular expressions, what only Annex B of the standard lets pass, and what
 * nobody takes: each with a text that it matches, where it may match any.
 *
 * @type {[syntax: string, matched: string][]}
 */
export const RARITIES = String.raw`
  \x61 a  \u0061 a  \cA  \c c  \0  \1  \8 8  \a a  \k k  \p{L} p  \z z
  [\x61-c] b  [\1]  [\cA]  [\B] B  [\d-z] 7  [\w-.] -  [a-\d] -
  [é]  [a-é] x  [^é] x  [\é]  [^\é] x  é  é?  日+  (?:日|a) a  (?!😀)  😀? a  a😀* a
  (?<=a)b b  (?<!a)b b  (?<=/)  (?<n>a) a  (?i:a) A  (?-i:a) a  (?>a) a  (?#a)  (a) a
  a{,2} a{,2}  a{ a{  {  {1}  a{1 a{1  a{x} a{x}  a{2,1} aa
  a{01} a  a{0}  .{0}  a{1000} a  a{1001} a  (?:a{99}){99} a
  (?=a)*  (?!a)?  (?=a){2} a  (?:a*)* aa  (?:a?)+ a  (?:a|)* a  (?:)*
  (?:a*){2} a  (?:a?){0,3} aa  (?:|a){2,} a
  [b-a]  a** a  a+* a  a???  *  +  ?  \b*  ^+  $?  [a  (?:a
`
  .trim()
  .split(/\n| {2,}/)
  .filter((entry) => entry !== '')
  .map((entry) => {
    const [syntax = '', matched = ''] = entry.split(' ');
    return [syntax, matched];
  });

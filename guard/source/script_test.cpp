// Which imports a script has, and what only reads like one.
#include "guard/source/script.hpp"

#include <gtest/gtest.h>

namespace guard::source {
namespace {

/// `1 ./a, 2 type ./b, 3 dynamic ./c`
std::string imports(std::string_view text, bool has_tags = true) {
  const Script script = read_script(text, has_tags);
  std::string out;
  for (const ScriptImport& each : script.imports) {
    if (!out.empty()) out += ", ";
    out += std::to_string(each.line) + (each.is_type ? " type " : each.is_dynamic ? " dynamic " : " ");
    out += each.module.empty() ? "?" : each.module;
  }
  if (script.problem) out += " problem " + std::to_string(script.problem->line) + ": " + script.problem->what;
  return out;
}

TEST(GuardScriptImports, AreFoundInEachForm) {
  EXPECT_EQ(imports("import './a';\nimport b from \"./b\"\nimport c, { d as e, 'f-g' as h } from './c';\n"),
            "1 ./a, 2 ./b, 3 ./c");
  EXPECT_EQ(imports("import * as a from './a';\nimport type { B } from './b';\nimport { type C } from './c';\n"),
            "1 ./a, 2 type ./b, 3 ./c");
  EXPECT_EQ(imports("import {\n  a,\n  b,\n} from './a';\nimport type from './type';\nimport from from './from';\n"),
            "4 ./a, 5 ./type, 6 ./from");
  EXPECT_EQ(
      imports(
          "export * from './a';\nexport * as b from './b';\nexport { c } from './c';\nexport type { D } from './d';"),
      "1 ./a, 2 ./b, 3 ./c, 4 type ./d");
  EXPECT_EQ(imports("const a = await import('./a');\nconst b = require(\"./b\");\nimport c = require('./c');\n"
                    "type D = typeof import(`./d`);\nimport(name);\nimport(`./${name}`);\n"),
            "1 dynamic ./a, 2 dynamic ./b, 3 dynamic ./c, 4 dynamic ./d, 5 dynamic ?, 6 dynamic ?");
  EXPECT_EQ(imports("#!/usr/bin/env node\nimport './a'"), "2 ./a");
}

TEST(GuardScriptImports, AreFoundWhereABundlerTakesThem) {
  EXPECT_EQ(imports("require(name);\nrequire(`./${a}`);\nrequire.resolve('./b');\nnew URL('./c', import.meta.url);\n"
                    "import.meta.glob('./d/*');\nimport(/* why */ './e', { with: { type: 'json' } });"),
            "1 dynamic ?, 2 dynamic ?, 3 dynamic ./b, 4 dynamic ./c, 5 dynamic ?, 6 dynamic ./e");
  EXPECT_EQ(imports("class A { import(x: string) {} require(x) {} }\ninterface B { import(x?: string): void }\n"
                    "const c = { async import() {}, get require() { return 1; } };\nfunction require(d) {}\n"
                    "new URL('./e', 'https://f'); import.meta.env.G; a?.import('./h');"),
            "");
  EXPECT_EQ(imports("a = b++ / 2; import('./c'); d = '/'; e = f / /g'/.exec(h)"), "1 dynamic ./c");
}

TEST(GuardScriptImports, AreFoundInWaysAroundTheUsualOnes) {
  EXPECT_EQ(imports("import.meta.globEager('./a/*');\nimport.meta.resolve('./b');\nimport.meta.resolve(c);\n"
                    "createRequire(import.meta.url)('./d');\nmodule.createRequire(f(import.meta.url))(\"./e\");\n"
                    "const g = createRequire(import.meta.url);\ncreateRequire(h)(i);\n"),
            "1 dynamic ?, 2 dynamic ./b, 3 dynamic ?, 4 dynamic ./d, 5 dynamic ./e, 6 dynamic ?, 7 dynamic ?");
  EXPECT_EQ(imports("import { createRequire } from 'module';\nconst require = createRequire(import.meta.url);\n"
                    "import.meta.resolved('./a'); import.meta.url; function createRequire(b) {} a.resolve('./c');"),
            "1 module");
}

TEST(GuardScriptImports, AreNotInCommentsTextsTemplatesAndRegularExpressions) {
  EXPECT_EQ(imports("// import './a'\n/* import './b'\n*/ import './c'"), "3 ./c");
  EXPECT_EQ(imports("const a = \"import './a'\", b = 'it\\'s', c = `\nimport './c'\n`; import './d'"), "3 ./d");
  EXPECT_EQ(imports("const a = `x ${b ? `import './y'` : import('./z')} ${'}'} import './w'`; import './d'"),
            "1 dynamic ./z, 1 ./d");
  EXPECT_EQ(imports("const a = /['\"`\\/[/'\"]/g, b = x / y / z; const c = d.replace(/`/, \"'\"); import './a'"),
            "1 ./a");
  EXPECT_EQ(imports("const a = { import: 1, export: '2' }, b = c.import('./d'), e = import.meta.url; export { a };\n"
                    "export const f = { from: './g' }; export default from('./h')"),
            "");
}

TEST(GuardScriptImports, AreNotBetweenTags) {
  EXPECT_EQ(
      imports(
          "const a = <p title=\"it's\">don't `import './a'` // image/* {x ? <b>it's</b> : null}</p>;\nimport './b'"),
      "2 ./b");
  EXPECT_EQ(
      imports("const a = () => (<>\n  <A.B c={d => d > 1} {...e} />\n  isn't {import('./f')}\n</>);\nimport './b'"),
      "3 dynamic ./f, 5 ./b");
  EXPECT_EQ(
      imports(
          "const a = <T,>(x: T) => x < 1; type F = <T>(x: T) => T; const b = <T extends U>(x: T) => x;\nimport './b'"),
      "2 ./b");
  EXPECT_EQ(imports("const a = <List<Row, () => void> rows={r} />; import './b'"), "1 ./b");
  EXPECT_EQ(imports("const a = <T>x; const b = f<'c'>(y) > 1; import './b'", false), "1 ./b");
}

TEST(GuardScriptProblems, AreSaidWithTheirLine) {
  EXPECT_EQ(imports("\n'a\n'"), " problem 2: a text without end");
  EXPECT_EQ(imports("\n`a"), " problem 2: a template without end");
  EXPECT_EQ(imports("\n/* a"), " problem 2: a comment without end");
  EXPECT_EQ(imports("a\n}"), " problem 2: a } without its {");
  EXPECT_EQ(imports("a\n{ b"), " problem 2: a bracket, tag or template without its end");
  EXPECT_TRUE(imports(std::string(2000, '{')).contains("more than 500 levels"));
}

}  // namespace
}  // namespace guard::source

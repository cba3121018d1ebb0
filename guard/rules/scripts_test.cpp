#include "guard/rules/fixture.hpp"

namespace guard {
namespace {

class ScriptsRule : public RuleTest {
 protected:
  static constexpr const char* rule =
      "check: scripts\n"
      "with:\n"
      "  files: ['w/**/*.ts', 'w/**/*.tsx']\n"
      "  parts:\n"
      "    - {name: top, files: ['w/main.tsx'], uses: [pages, parts]}\n"
      "    - {name: pages, files: ['w/pages/**'], uses: [parts]}\n"
      "    - {name: parts, files: ['w/parts/**']}\n"
      "  features: ['w/pages/*/**']\n"
      "  generated: [w/parts/schema]\n"
      "  aliases: [{from: '@/', to: w/}]\n";
  const Files files{
      {"w/main.tsx", "import { a } from './pages/one/a';\nimport './style.css';\nimport '@/pages/list';\n"},
      {"w/style.css", ""},
      {"w/pages/one/a.tsx",
       "// import '../two/b';\nimport type { b } from './b';\nimport { part } from '../../parts/part.js';\n"
       "export const x = <p>import '../two/b' isn't one</p>;\n"},
      {"w/pages/one/b.ts", "import './a';\nimport { useState } from 'react';\n"},
      {"w/pages/two/b.ts", "const a = \"import '../one/a'\";\n"},
      {"w/pages/list.ts", "import './other';\n"},
      {"w/pages/other.ts", ""},
      {"w/parts/part.ts", "import './schema';\n"},
  };

  std::string with(const std::string& path, const std::string& text) {
    Files all = files;
    all[path] += text;
    return said(all, {"w"}, rule);
  }
};

TEST_F(ScriptsRule, LooksAlikeAreFine) { EXPECT_EQ(said(files, {"w"}, rule), ""); }

TEST_F(ScriptsRule, APartImportsWhatItUses) {
  EXPECT_EQ(with("w/parts/part.ts", "\nimport '../pages/list';\n"),
            "w/parts/part.ts:3 w/parts/part.ts -> w/pages/list.ts\n");
}

TEST_F(ScriptsRule, AFeatureIsNotEnteredByAnother) {
  EXPECT_EQ(with("w/pages/two/b.ts", "export * from '../one/b';\n"),
            "w/pages/two/b.ts:2 w/pages/two/b.ts -> w/pages/one/b.ts\n");
  EXPECT_EQ(with("w/pages/list.ts", "const a = import('./one/b');\n"),
            "w/pages/list.ts:2 w/pages/list.ts -> w/pages/one/b.ts\n");
}

TEST_F(ScriptsRule, FilesDoNotImportOneAnotherInARing) {
  EXPECT_EQ(with("w/pages/one/a.tsx", "import './b';"), "w/pages/one/a.tsx:5 w/pages/one/a.tsx -> w/pages/one/b.ts\n");
}

TEST_F(ScriptsRule, WhatIsNotThereOrComputedIsSaid) {
  EXPECT_EQ(with("w/parts/part.ts", "import './gone';\nimport(name);\n"),
            "w/parts/part.ts:2 w/parts/part.ts -> w/parts/gone\nw/parts/part.ts:3 w/parts/part.ts -> (computed)\n");
  EXPECT_EQ(with("w/new/a.ts", ""), "w/new/a.ts w/new/a.ts\n");
}

TEST_F(ScriptsRule, WhatIsNoPathIsAPackageThatIsNamed) {
  Files all = files;
  all["w/package.json"] = R"({"dependencies": {"react": "1", "@a/b": "1"}, "devDependencies": {"vite": "1"}})";
  all["w/parts/part.ts"] = "import 'react/jsx';\nimport '@a/b/c';\nimport 'vite';\nimport 'node:fs';\n";
  const std::string named = std::string{rule} + "  packages: w/package.json\n";
  EXPECT_EQ(said(all, {"w"}, named), "");
  all["w/parts/part.ts"] += "import '~/pages/list';\nimport '/pages/list';\nimport '@a/c';\n";
  EXPECT_EQ(said(all, {"w"}, named),
            "w/parts/part.ts:5 w/parts/part.ts -> ~/pages/list\nw/parts/part.ts:6 w/parts/part.ts -> /pages/list\n"
            "w/parts/part.ts:7 w/parts/part.ts -> @a/c\n");
  all["w/package.json"] = "{";
  EXPECT_TRUE(said(all, {"w"}, named).starts_with("w/package.json cannot tested: is no JSON"));
}

TEST_F(ScriptsRule, WhatNobodyReadsIsNotImported) {
  Files all = files;
  all["w/lib/a.js"] = all["w/parts/b.mts"] = all["w/parts/c/index.jsx"] = "import '../pages/list';\n";
  all["w/parts/part.ts"] = "import './style.css';\nimport '../lib/a.js';\nimport './b.mjs';\nimport './c';\n";
  all["w/parts/style.css"] = "";
  EXPECT_EQ(said(all, {"w"}, rule),
            "w/parts/part.ts:2 w/parts/part.ts -> w/lib/a.js\nw/parts/part.ts:3 w/parts/part.ts -> w/parts/b.mts\n"
            "w/parts/part.ts:4 w/parts/part.ts -> w/parts/c/index.jsx\n");
}

TEST_F(ScriptsRule, AFeatureAndAnAliasNameSomething) {
  std::string given = rule;
  given.replace(given.find("w/pages/*/**'"), 13, "w/features/*/**'");
  EXPECT_TRUE(said(files, {"w"}, given).contains(" cannot tested: no file is named by w/features/*/**\n"));
  given = rule;
  given.replace(given.find("to: w/"), 6, "to: v/");
  EXPECT_TRUE(said(files, {"w"}, given).contains(" cannot tested: no file is named\n"));
}

TEST_F(ScriptsRule, WhatIsNotUnderstoodIsNotClean) {
  EXPECT_EQ(with("w/parts/part.ts", "\n`"), "w/parts/part.ts:3 cannot tested: a template without end\n");
}

}  // namespace
}  // namespace guard

#include "guard/rules/fixture.hpp"

namespace guard {
namespace {

class WordsRule : public RuleTest {
 protected:
  static constexpr const char* rule =
      "check: words\n"
      "with:\n"
      "  migrations: ['**/schema/*.sql']\n"
      "  sets: [{name: product, in: ['a/**'], except: ['a/out/**'], words: [gpu, rke2, tokenfactory]}]\n";
  const Files files{
      {"a/x.cpp",
       "// a gpu is fine here\nint gpupa, agpu; auto a = \"gpu\", b = \"see gpu / 2\"; char c = '\\'';  /* gpu */\n"},
      {"a/out/gpu.cpp", "int gpu;\n"},
      {"b/gpu.cpp", "int gpu;\n"},
      {"a/schema/1.sql", "-- gpu\nCREATE TABLE a (id @id);\n"},
  };

  std::string with(const std::string& path, const std::string& text) {
    Files all = files;
    all[path] += text;
    return said(all, {"a", "b"}, rule);
  }
};

TEST_F(WordsRule, LooksAlikeAreFine) { EXPECT_EQ(said(files, {"a", "b"}, rule), ""); }

TEST_F(WordsRule, AWordIsFoundInAnIdentifier) {
  for (const char* each :
       {"gpu", "gpu_count", "maxGpu", "GPUSlots", "free_gpus", "gpu0", "Rke2Cluster", "GPUs", "maxGPUs", "GPUs_free",
        "GPUCount", "token_factory", "TokenFactory", "TOKEN_FACTORIES_tokenfactory"})
    EXPECT_TRUE(with("a/y.cpp", std::string{"\nint "} + each + ";").starts_with("a/y.cpp:2 a/y.cpp knows ")) << each;
}

TEST_F(WordsRule, AnotherWordThatHasItsLettersIsFine) {
  for (const char* each :
       {"gpued", "pug", "g_pu", "GPUsed", "agpu", "rke", "rke22", "tokenizer_factory", "tokens, factory"})
    EXPECT_EQ(with("a/y.cpp", std::string{"\nint "} + each + ";"), "") << each;
  EXPECT_EQ(with("a/gpued/token.factory.cpp", ""), "");
}

TEST_F(WordsRule, AWordIsFoundInSqlRoutesIncludesAndFileNames) {
  EXPECT_EQ(with("a/y.cpp", "auto a = \"GET /v1/gpu-slots\";"), "a/y.cpp:1 a/y.cpp knows gpu\n");
  EXPECT_EQ(with("a/y.cpp", "auto a = \"/v1/x/\"\n \"gpu-slots\";"), "a/y.cpp:1 a/y.cpp knows gpu\n");
  EXPECT_EQ(with("a/y.cpp", "auto a = \"a /v1/x \" \"gpu-slots\";"), "");
  EXPECT_EQ(with("a/y.cpp", "auto a = R\"(/v1/token-factory)\";"), "a/y.cpp:1 a/y.cpp knows tokenfactory\n");
  EXPECT_EQ(with("a/y.cpp", "auto a = R\"sql(\nSELECT gpu FROM a)sql\";"), "a/y.cpp:2 a/y.cpp knows gpu\n");
  EXPECT_EQ(with("a/y.cpp", "\n#include \"c/gpu.hpp\"\n"), "a/y.cpp:2 a/y.cpp knows gpu\n");
  EXPECT_EQ(with("a/schema/1.sql", "ALTER TABLE a ADD COLUMN gpus @int;"),
            "a/schema/1.sql:3 a/schema/1.sql knows gpu\n");
  EXPECT_EQ(with("a/gpu.cpp", ""), "a/gpu.cpp a/gpu.cpp knows gpu\n");
  EXPECT_EQ(with("a/gpu/y.cpp", ""), "a/gpu/y.cpp a/gpu/y.cpp knows gpu\n");
}

TEST_F(WordsRule, WhatIsSqlIsDecidedAsForTables) {
  EXPECT_EQ(with("a/y.cpp", "auto a = R\"SQL(\nx gpu)SQL\";"), "a/y.cpp:2 a/y.cpp knows gpu\n");
  EXPECT_EQ(with("a/y.cpp", "auto a = \"select gpu from a where id = ?\";"), "a/y.cpp:1 a/y.cpp knows gpu\n");
  EXPECT_EQ(with("a/y.cpp", "auto a = \"select a gpu from a list\";"), "");
}

TEST_F(WordsRule, SqlThatIsNotUnderstoodIsNotClean) {
  EXPECT_EQ(with("a/y.cpp", "auto a = R\"sql(\nSELECT (1)sql\";"),
            "a/y.cpp:2 cannot tested: SQL with a bracket without its end\n");
  EXPECT_EQ(with("a/out/y.cpp", "auto a = R\"sql(\nSELECT (1)sql\";"), "");
}

TEST_F(WordsRule, AnExceptionIsAFileAndAWord) {
  Files all = files;
  all["a/y.cpp"] = "int gpu, rke2;";
  EXPECT_EQ(said(all, {"a", "b"}, std::string{rule} + "allow: [{from: a/y.cpp, to: gpu, reason: r}]"),
            "a/y.cpp:1 a/y.cpp knows rke2\n");
}

TEST_F(WordsRule, ASetWithoutFilesIsNotClean) {
  EXPECT_EQ(said({{"b/x.cpp", ""}}, {"b"}, rule), "layers.yaml:14 cannot tested: no file is named by a/**\n");
}

}  // namespace
}  // namespace guard

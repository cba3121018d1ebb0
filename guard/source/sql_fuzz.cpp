// For libFuzzer (-fsanitize=fuzzer): any bytes are read as SQL, and each use lies within them; or as two pieces of it.
#include <cstddef>
#include <cstdint>

#include "guard/source/sql.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(bytes), size};
  const guard::source::Sql sql = guard::source::parse_sql(text);
  for (const auto& use : sql.tables)
    if (use.offset > size) __builtin_trap();
  if (sql.problem && sql.problem->line < 1) __builtin_trap();
  const bool goes_on = guard::source::goes_on_as_sql(text.substr(0, size / 2), text.substr(size / 2));
  return guard::source::looks_like_sql(text, {"a"}) && goes_on ? 0 : 0;
}

// For libFuzzer (-fsanitize=fuzzer): any bytes are read as SQL, and each use lies within them.
#include <cstddef>
#include <cstdint>

#include "guard/source/sql.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(bytes), size};
  const guard::source::Sql sql = guard::source::parse_sql(text);
  for (const auto& use : sql.tables)
    if (use.offset > size) __builtin_trap();
  if (sql.problem && sql.problem->line < 1) __builtin_trap();
  return guard::source::looks_like_sql(text) ? 0 : 0;
}

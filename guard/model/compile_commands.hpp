// compile_commands.json (Clang's JSON Compilation Database): where the compiler looks for the headers of each
// translation unit. Thousands of units share few lists of folders, so each list is kept once.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "guard/model/model.hpp"

namespace guard {

/// Folders in the order in which a compiler searches them. Below the root: from the root (`.` is the root itself);
/// elsewhere: absolute.
struct SearchPath {
  std::vector<std::string> quote = {};  // for "…" only, after the including file's own folder
  std::vector<std::string> angle = {};  // for both

  auto operator<=>(const SearchPath&) const = default;
};

struct CompileCommands {
  std::vector<SearchPath> search_paths = {};
  std::map<std::string, std::size_t, std::less<>> units = {};    // file from the root -> its search path
  std::vector<std::pair<std::string, std::string>> forced = {};  // unit and what its `-include` names
};

/// Errors: `invalid`, if the file is missing, broken, or of another form, or leaves arguments to a response file
/// (`@FILE`), which nobody here reads.
base::Result<CompileCommands> read_compile_commands(const std::filesystem::path& file,
                                                    const std::filesystem::path& root);
base::Result<CompileCommands> parse_compile_commands(std::string_view text, const std::filesystem::path& file,
                                                     const std::filesystem::path& root);

/// A command line as a POSIX shell splits it: quotes and backslashes, no expansion.
std::vector<std::string> split_command(std::string_view command);

}  // namespace guard

// The files of a control group: whole small texts and the numbers in them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "shared/base/result.hpp"

namespace cgroup {

std::optional<std::string> read_file(const std::string& path);
/// One write call, as these files want it; false and errno when refused.
bool write_file(const std::string& path, std::string_view text);
bool exists(const std::string& path);
/// The first number of the file; 0 when it is not there or says "max".
std::int64_t number_in(const std::string& path);
/// The number after `word` at a line's start ("oom_kill 3"); 0 when there is none.
std::int64_t number_after(const std::string& path, std::string_view word);
base::Error failed(const std::string& path);
base::Result<void> make_directory(const std::string& path);
/// SIGKILL to what the procs file lists, again and again until it lists nobody or two seconds have passed.
void kill_until_empty(const std::string& procs_file);
/// rmdir until it is gone, for two seconds: the kernel keeps a group busy for a moment after its last process. Whoever
/// is found in it meanwhile is killed: a process may join between the last look and the removal.
base::Result<void> remove_directory(const std::string& path);

}  // namespace cgroup

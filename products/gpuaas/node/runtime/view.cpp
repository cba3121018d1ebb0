#include "products/gpuaas/node/runtime/view.hpp"

#include <sys/stat.h>

#include "products/gpuaas/node/cgroup/cgroup.hpp"
#include "products/gpuaas/node/wire.hpp"

namespace runtime {
namespace {

constexpr std::int64_t memory_min = 16 << 20;
constexpr std::int64_t memory_max = std::int64_t{1} << 46;
constexpr std::int64_t pids_max = 1 << 20;
constexpr std::int64_t millicores_max = 4096 * 1000;
constexpr std::int64_t terminal_max = 1000;

base::Error invalid(std::string pointer, std::string detail) {
  return {spec_invalid, std::move(detail), std::move(pointer)};
}

bool of(std::string_view text, std::string_view more, std::size_t max) {
  if (text.empty() || text.size() > max) return false;
  return std::ranges::all_of(text, [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || more.find(c) != std::string_view::npos;
  });
}

bool has_nul(std::string_view text) { return text.find('\0') != std::string_view::npos; }

base::Result<void> check_range(std::string pointer, std::int64_t value, std::int64_t min, std::int64_t max) {
  if (value >= min && value <= max) return {};
  return invalid(std::move(pointer), "expected an integer from " + std::to_string(min) + " to " + std::to_string(max));
}

base::Result<void> check_size(const TerminalSize& size) {
  if (auto ok = check_range("/terminal/rows", size.rows, 1, terminal_max); !ok) return ok;
  return check_range("/terminal/cols", size.cols, 1, terminal_max);
}

bool is_symlink(const std::string& path) {
  struct stat about{};
  return ::lstat(path.c_str(), &about) == 0 && S_ISLNK(about.st_mode);
}

using Words = std::vector<std::string>;
void add(Words& to, std::initializer_list<std::string> words) { to.insert(to.end(), words); }

void add_tmpfs(Words& to, const std::string& mode, std::int64_t bytes, const std::string& path) {
  add(to, {"--perms", mode, "--size", std::to_string(bytes), "--tmpfs", path});
}

Words arguments(const Spec& spec, const gpu::Assignment& gpus, const Options& options) {
  const std::int64_t half = spec.memory_bytes / 2;
  const std::string id = std::to_string(inner_uid);
  Words all = {"--unshare-user",
               "--unshare-ipc",
               "--unshare-pid",
               "--unshare-net",
               "--unshare-uts",
               "--unshare-cgroup-try",
               "--disable-userns",
               "--uid",
               id,
               "--gid",
               id,
               "--hostname",
               spec.name,
               "--new-session",
               "--clearenv"};
  add(all, {"--ro-bind", "/usr", "/usr"});
  for (const std::string name : {"lib", "lib32", "lib64", "libx32", "bin", "sbin"})
    if (is_symlink("/" + name)) add(all, {"--symlink", "usr/" + name, "/" + name});
  if (options.host_local) {
    add(all, {"--ro-bind-try", "/opt", "/opt"});
  } else {
    add(all, {"--perms", "0755", "--tmpfs", "/usr/local", "--remount-ro", "/usr/local"});
  }
  add(all, {"--proc", "/proc", "--dev", "/dev"});
  for (const auto& node : gpus.device_nodes) add(all, {"--dev-bind", node, node});
  add_tmpfs(all, "1777", half, "/dev/shm");
  add(all, {"--remount-ro", "/dev"});
  add_tmpfs(all, "1777", half, "/tmp");
  add(all, {"--perms", "0755", "--dir", "/var", "--symlink", "../tmp", "/var/tmp", "--perms", "0755", "--dir", "/run"});
  add(all, {"--perms", "0755", "--dir", "/home"});
  add_tmpfs(all, "0700", spec.home_bytes > 0 ? spec.home_bytes : half, std::string{inner_home});
  add(all, {"--perms", "0755", "--dir", "/etc"});
  for (const std::string path : {"/etc/alternatives", "/etc/ssl/certs", "/etc/ld.so.cache"})
    add(all, {"--ro-bind-try", path, path});
  add(all, {"--symlink", "../usr/lib/os-release", "/etc/os-release"});
  return all;
}

std::vector<shim::InsideFile> inside_files(const Spec& spec) {
  const std::string id = std::to_string(inner_uid);
  const std::string home{inner_home};
  return {
      {"/etc/passwd", "root:x:0:0:root:/root:/usr/sbin/nologin\nuser:x:" + id + ":" + id + "::" + home +
                          ":/bin/bash\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n"},
      {"/etc/group", "root:x:0:\ntty:x:5:\nuser:x:" + id + ":\nnogroup:x:65534:\n"},
      {"/etc/nsswitch.conf", "passwd: files\ngroup: files\nhosts: files dns\n"},
      {"/etc/hosts", "127.0.0.1 localhost\n::1 localhost\n127.0.1.1 " + spec.name + "\n"},
      {"/etc/hostname", spec.name + "\n"},
  };
}

Words environment(const Spec& spec, const gpu::Assignment& gpus) {
  std::map<std::string, std::string> all = {
      {"HOME", std::string{inner_home}},
      {"USER", "user"},
      {"LOGNAME", "user"},
      {"SHELL", "/bin/bash"},
      {"TERM", "xterm-256color"},
      {"LANG", "C.UTF-8"},
      {"PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"},
  };
  for (const auto& [name, value] : spec.env) all[name] = value;
  for (const auto& [name, value] : gpus.environment) all[name] = value;
  Words pairs;
  for (const auto& [name, value] : all) pairs.push_back(name + "=" + value);
  return pairs;
}

}  // namespace

base::Result<void> check(const Spec& spec) {
  if (!of(spec.id, "_-", 64)) return invalid("/id", "expected 1 to 64 of a-z, 0-9, _ and -");
  if (!of(spec.name, "-", 63)) return invalid("/name", "expected 1 to 63 of a-z, 0-9 and -");
  if (auto ok = node::check_words(spec.command, spec.env); !ok) return ok;
  if (!spec.directory.starts_with('/') || has_nul(spec.directory))
    return invalid("/directory", "expected an absolute path");
  if (auto ok = check_range("/cpu_millicores", spec.cpu_millicores, cgroup::cpu_millicores_min, millicores_max); !ok)
    return ok;
  if (auto ok = check_range("/memory_bytes", spec.memory_bytes, memory_min, memory_max); !ok) return ok;
  if (auto ok = check_range("/home_bytes", spec.home_bytes, 0, memory_max); !ok) return ok;
  if (auto ok = check_range("/pids", spec.pids, 2, pids_max); !ok) return ok;
  return check_size(spec.terminal);
}

base::Result<void> check(const ExecSpec& spec) {
  if (auto ok = node::check_words(spec.command, spec.env); !ok) return ok;
  const bool fine = spec.directory.empty() || (spec.directory.starts_with('/') && !has_nul(spec.directory));
  if (!fine) return invalid("/directory", "expected an absolute path");
  return check_size(spec.terminal);
}

shim::Plan plan(const Spec& spec, const std::string& group, std::int32_t host_uid, const gpu::Assignment& gpus,
                const Options& options, const Programs& programs) {
  return {
      .id = spec.id,
      .cgroup_parent = options.cgroup_parent,
      .group = group,
      .host_uid = host_uid,
      .inner_uid = inner_uid,
      .bwrap = programs.bwrap,
      .init = programs.init,
      .arguments = arguments(spec, gpus, options),
      .files = inside_files(spec),
      .last_arguments = {"--remount-ro", "/"},
      .command = spec.command,
      .environment = environment(spec, gpus),
      .directory = spec.directory,
      .terminal = spec.terminal,
  };
}

}  // namespace runtime

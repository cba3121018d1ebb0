// Keys on disk: one line, `ed25519 SEED` or `key BYTES` as base64url, in a file that only its owner reads.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "shared/crypto/crypto.hpp"

namespace crypto {
namespace {

using base::Error;
using base::Result;
using Path = std::filesystem::path;

constexpr std::size_t file_max = 256;

class File final {
 public:
  explicit File(int fd) : fd_(fd) {}
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() {
    if (fd_ >= 0) ::close(fd_);
  }
  int fd() const { return fd_; }

 private:
  int fd_;
};

Error failure(const Path& path, const std::string& what) { return Error{bad_key, path.string() + ": " + what}; }
Error system_failure(const Path& path) { return failure(path, std::strerror(errno)); }

bool is_on_disk(const Path& directory) {
  const File file{::open(directory.empty() ? "." : directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  return file.fd() >= 0 && ::fsync(file.fd()) == 0;
}

// Written beside and linked into place: another process sees the whole key or none, and never loses its own.
Result<void> save_key(const Path& path, std::string_view kind, const Key& key) {
  const Secret<std::string> line{std::string{kind} + " " + base64url(key.reveal()) + "\n"};
  const Path draft = path.string() + "." + random_token(6);
  const File file{::open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)};
  if (file.fd() < 0) return system_failure(draft);
  const std::string& text = line.reveal();
  const bool written = ::write(file.fd(), text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
                       ::fsync(file.fd()) == 0 && ::link(draft.c_str(), path.c_str()) == 0;
  const Error error = system_failure(path);
  ::unlink(draft.c_str());
  if (!written) return error;
  if (!is_on_disk(path.parent_path())) return system_failure(path);
  return {};
}

Result<Key> load_key(const Path& path, std::string_view kind) {
  const File file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (file.fd() < 0) return system_failure(path);
  struct stat status{};
  if (::fstat(file.fd(), &status) != 0) return system_failure(path);
  if (!S_ISREG(status.st_mode)) return failure(path, "is no file");
  if ((status.st_mode & 077) != 0) return failure(path, "is readable by others: chmod 600");

  std::string text(file_max, '\0');
  const ssize_t read = ::read(file.fd(), text.data(), text.size());
  if (read < 0) return system_failure(path);
  text.resize(static_cast<std::size_t>(read));
  const Secret<std::string> line{std::move(text)};

  std::string_view rest = line.reveal();
  if (!rest.starts_with(kind) || !rest.ends_with('\n')) return failure(path, "is no key file");
  rest.remove_prefix(std::min(kind.size() + 1, rest.size()));
  if (!rest.empty()) rest.remove_suffix(1);
  auto bytes = from_base64url(rest);
  if (!bytes || bytes->size() != 32) return failure(path, "is no key file");
  std::array<unsigned char, 32> key{};
  std::memcpy(key.data(), bytes->data(), key.size());
  const Secret<std::string> wiped{std::move(*bytes)};
  return Key{key};
}

}  // namespace

Result<void> SigningKey::save(const Path& path) const { return save_key(path, "ed25519", seed_); }

Result<SigningKey> SigningKey::load(const Path& path) {
  const auto seed = load_key(path, "ed25519");
  if (!seed) return seed.error();
  return from_seed(*seed);
}

Result<Key> load_or_make_key(const Path& path) {
  std::error_code ec;
  if (!std::filesystem::exists(path, ec) && !ec) {
    const auto saved = save_key(path, "key", random_key());
    if (!saved && !std::filesystem::exists(path, ec)) return saved.error();  // else another was first: use its key
  }
  return load_key(path, "key");
}

}  // namespace crypto

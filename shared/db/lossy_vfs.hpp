// LossyDisk: a disk in memory for SQLite that does what a disk may do: lose what was not synced, tear it, fill up,
// fail.
//
// It is a SQLite VFS with a name of its own (Options.sqlite_vfs); two disks share nothing. A `kill -9` cannot find a
// missing fsync, because the page cache survives it; this can.
//
// Always true
//   - what xSync answered for is there after any crash; a file that was never synced may be gone as a whole;
//   - of what was not synced each sector (512 bytes) keeps some first part of its writes, or none, by the dice handed
//   in;
//   - after a crash whoever had a file open gets errors for ever, and nobody opens one before `restart`.
//
// Not here: lost directory entries of renamed files (SQLite renames none), and bits that rot.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "shared/base/random.hpp"

namespace db {

class LossyDisk final {
 public:
  struct Counts {
    std::int64_t writes = 0;
    std::int64_t syncs = 0;
    std::int64_t crashes = 0;
    std::int64_t bytes_lost = 0;  // written, not synced, and not there after a crash
  };

  /// `name` is the VFS's, unique in the process.
  explicit LossyDisk(const std::string& name);
  ~LossyDisk();  // whoever opened a database on it has closed it
  LossyDisk(const LossyDisk&) = delete;
  LossyDisk& operator=(const LossyDisk&) = delete;

  const std::string& vfs() const;

  /// The power goes now.
  void crash(base::Random&);
  /// The power goes at the `operations`th write, truncation or sync from now (1 is the next): a write may be torn, a
  /// sync did not happen. `random` is used then, from whichever thread writes.
  void crash_after(std::int64_t operations, base::Random& random);
  bool is_down() const;
  void restart();

  /// Full: a write that makes a file longer fails (SQLITE_FULL). Failing: every write and sync does (SQLITE_IOERR).
  void set_full(bool);
  void set_failing(bool);

  Counts counts() const;

  struct State;

 private:
  std::unique_ptr<State> state_;
};

}  // namespace db

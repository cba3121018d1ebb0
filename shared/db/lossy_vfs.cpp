#include "shared/db/lossy_vfs.hpp"

#include <sqlite3.h>

#include <array>
#include <atomic>
#include <cstring>
#include <map>
#include <memory>
#include <mutex>
#include <new>
#include <vector>

#include "shared/base/check.hpp"
#include "shared/db/lossy_file.hpp"

namespace db {
namespace {

/// What WAL's readers and writers share: SQLite's index of the WAL and its eight locks.
struct Shared {
  std::vector<std::unique_ptr<std::array<char, 32768>>> regions;
  std::array<int, SQLITE_SHM_NLOCK> readers{};
  std::array<bool, SQLITE_SHM_NLOCK> taken{};
  int users = 0;
};

struct Node {
  LossyFile file;
  Shared shared;
  int holders = 0;  // of SHARED or more
  bool reserved = false;
  bool pending = false;
  bool exclusive = false;
};

/// An open file; SQLite hands us `sqlite3_file*`, which is the first thing in it.
struct Handle {
  sqlite3_file base;
  struct Opened* opened;
};

}  // namespace

struct LossyDisk::State {
  std::mutex mutex;
  std::string name;
  sqlite3_vfs vfs{};
  base::Random random{base::Random::Key{}, 0, 0};  // SQLite's own, not the crash's
  std::map<std::string, std::shared_ptr<Node>> files;
  int life = 0;  // one more with each crash
  bool down = false;
  bool full = false;
  bool failing = false;
  std::int64_t countdown = 0;  // operations until the power goes; 0: it stays
  base::Random* countdown_random = nullptr;
  Counts counts;

  void crash(base::Random& dice) {
    std::map<std::string, std::shared_ptr<Node>> left;
    for (auto& [path, node] : files) {
      const bool vanishes = node->file.may_vanish() && dice.below(2) == 0;
      auto survivor = std::make_shared<Node>();
      survivor->file = node->file;
      counts.bytes_lost += vanishes ? static_cast<std::int64_t>(node->file.size()) : survivor->file.crash(dice);
      if (!vanishes) left.emplace(path, std::move(survivor));
    }
    files = std::move(left);
    ++life;
    ++counts.crashes;
    down = true;
    countdown = 0;
  }

  // True: the power just went.
  bool tick() {
    if (countdown == 0 || --countdown > 0) return false;
    crash(*countdown_random);
    return true;
  }
};

namespace {

// shared_ptr: a node outlives its name while someone has it open (deleted, or from before a crash).
struct Opened {
  LossyDisk::State* disk;
  std::shared_ptr<Node> node;
  int life;
  std::string delete_path = {};
  int lock = SQLITE_LOCK_NONE;
  std::array<bool, SQLITE_SHM_NLOCK> shared_held{};
  std::array<bool, SQLITE_SHM_NLOCK> exclusive_held{};
  bool maps = false;

  bool dead() const { return disk->down || life != disk->life; }
};

Opened& of(sqlite3_file* file) { return *reinterpret_cast<Handle*>(file)->opened; }

int file_read(sqlite3_file* file, void* into, int size, sqlite3_int64 at) {
  Opened& self = of(file);
  const std::scoped_lock lock{self.disk->mutex};
  if (self.dead()) return SQLITE_IOERR_READ;
  const auto wanted = static_cast<std::size_t>(size);
  return self.node->file.read(static_cast<std::size_t>(at), static_cast<char*>(into), wanted) == wanted
             ? SQLITE_OK
             : SQLITE_IOERR_SHORT_READ;
}

int file_write(sqlite3_file* file, const void* from, int size, sqlite3_int64 at) {
  Opened& self = of(file);
  const std::scoped_lock lock{self.disk->mutex};
  if (self.dead() || self.disk->failing) return SQLITE_IOERR_WRITE;
  const auto begin = static_cast<std::size_t>(at);
  const auto count = static_cast<std::size_t>(size);
  if (self.disk->full && begin + count > self.node->file.size()) return SQLITE_FULL;
  self.node->file.write(begin, {static_cast<const char*>(from), count});
  ++self.disk->counts.writes;
  return self.disk->tick() ? SQLITE_IOERR_WRITE : SQLITE_OK;
}

int file_truncate(sqlite3_file* file, sqlite3_int64 size) {
  Opened& self = of(file);
  const std::scoped_lock lock{self.disk->mutex};
  if (self.dead() || self.disk->failing) return SQLITE_IOERR_TRUNCATE;
  self.node->file.truncate(static_cast<std::size_t>(size));
  return self.disk->tick() ? SQLITE_IOERR_TRUNCATE : SQLITE_OK;
}

int file_sync(sqlite3_file* file, int) {
  Opened& self = of(file);
  const std::scoped_lock lock{self.disk->mutex};
  if (self.dead() || self.disk->failing || self.disk->tick()) return SQLITE_IOERR_FSYNC;
  self.node->file.sync();
  ++self.disk->counts.syncs;
  return SQLITE_OK;
}

int file_size(sqlite3_file* file, sqlite3_int64* size) {
  Opened& self = of(file);
  const std::scoped_lock lock{self.disk->mutex};
  if (self.dead()) return SQLITE_IOERR_FSTAT;
  *size = static_cast<sqlite3_int64>(self.node->file.size());
  return SQLITE_OK;
}

void let_go(Opened& self, int level) {
  Node& node = *self.node;
  if (self.lock >= SQLITE_LOCK_RESERVED && level < SQLITE_LOCK_RESERVED) node.reserved = false;
  if (self.lock >= SQLITE_LOCK_PENDING && level < SQLITE_LOCK_PENDING) node.pending = false;
  if (self.lock == SQLITE_LOCK_EXCLUSIVE && level < SQLITE_LOCK_EXCLUSIVE) node.exclusive = false;
  if (self.lock >= SQLITE_LOCK_SHARED && level < SQLITE_LOCK_SHARED) --node.holders;
  if (level < self.lock) self.lock = level;
}

// SQLite's five locks (https://www.sqlite.org/lockingv3.html), among the handles of this process.
int file_lock(sqlite3_file* file, int level) {
  Opened& self = of(file);
  const std::scoped_lock lock{self.disk->mutex};
  if (self.dead()) return SQLITE_IOERR_LOCK;
  Node& node = *self.node;
  if (level <= self.lock) return SQLITE_OK;
  if (self.lock == SQLITE_LOCK_NONE) {
    if (node.pending || node.exclusive) return SQLITE_BUSY;
    ++node.holders;
    self.lock = SQLITE_LOCK_SHARED;
  }
  if (level == SQLITE_LOCK_RESERVED) {
    if (node.reserved) return SQLITE_BUSY;
    node.reserved = true;
    self.lock = SQLITE_LOCK_RESERVED;
  }
  if (level == SQLITE_LOCK_EXCLUSIVE) {
    if (self.lock < SQLITE_LOCK_RESERVED && node.reserved) return SQLITE_BUSY;
    if (self.lock < SQLITE_LOCK_PENDING && node.pending) return SQLITE_BUSY;
    node.reserved = node.pending = true;
    self.lock = SQLITE_LOCK_PENDING;
    if (node.holders > 1) return SQLITE_BUSY;
    node.exclusive = true;
    self.lock = SQLITE_LOCK_EXCLUSIVE;
  }
  return SQLITE_OK;
}

int file_unlock(sqlite3_file* file, int level) {
  Opened& self = of(file);
  const std::scoped_lock lock{self.disk->mutex};
  let_go(self, level);
  return SQLITE_OK;
}

int file_reserved(sqlite3_file* file, int* reserved) {
  Opened& self = of(file);
  const std::scoped_lock lock{self.disk->mutex};
  *reserved = self.node->reserved ? 1 : 0;
  return SQLITE_OK;
}

int file_control(sqlite3_file*, int, void*) { return SQLITE_NOTFOUND; }
int file_sector(sqlite3_file*) { return static_cast<int>(sector_size); }
int file_traits(sqlite3_file*) { return 0; }  // no promise: no powersafe overwrite, no atomic write

int shared_map(sqlite3_file* file, int region, int size, int extend, void volatile** address) {
  Opened& self = of(file);
  const std::scoped_lock lock{self.disk->mutex};
  *address = nullptr;
  if (self.dead()) return SQLITE_IOERR_SHMMAP;
  Shared& shared = self.node->shared;
  if (!self.maps) ++shared.users;
  self.maps = true;
  const auto index = static_cast<std::size_t>(region);
  if (index >= shared.regions.size() && extend == 0) return SQLITE_OK;
  while (shared.regions.size() <= index) shared.regions.push_back(std::make_unique<std::array<char, 32768>>());
  CHECK(static_cast<std::size_t>(size) == shared.regions[index]->size());
  *address = shared.regions[index]->data();
  return SQLITE_OK;
}

int shared_unlock(Opened& self, std::size_t slot) {
  Shared& shared = self.node->shared;
  if (self.shared_held[slot]) --shared.readers[slot];
  if (self.exclusive_held[slot]) shared.taken[slot] = false;
  self.shared_held[slot] = self.exclusive_held[slot] = false;
  return SQLITE_OK;
}

int shared_lock(sqlite3_file* file, int offset, int count, int flags) {
  Opened& self = of(file);
  const std::scoped_lock lock{self.disk->mutex};
  const auto begin = static_cast<std::size_t>(offset);
  const auto end = begin + static_cast<std::size_t>(count);
  Shared& shared = self.node->shared;
  if ((flags & SQLITE_SHM_UNLOCK) != 0) {
    for (std::size_t slot = begin; slot < end; ++slot) shared_unlock(self, slot);
    return SQLITE_OK;
  }
  if (self.dead()) return SQLITE_IOERR_SHMLOCK;
  const bool wants_all = (flags & SQLITE_SHM_EXCLUSIVE) != 0;
  for (std::size_t slot = begin; slot < end; ++slot) {
    if (shared.taken[slot] && !self.exclusive_held[slot]) return SQLITE_BUSY;
    if (wants_all && shared.readers[slot] > (self.shared_held[slot] ? 1 : 0)) return SQLITE_BUSY;
  }
  for (std::size_t slot = begin; slot < end; ++slot) {
    if (wants_all) {
      shared.taken[slot] = self.exclusive_held[slot] = true;
    } else if (!self.shared_held[slot]) {
      ++shared.readers[slot];
      self.shared_held[slot] = true;
    }
  }
  return SQLITE_OK;
}

void shared_barrier(sqlite3_file* file) {
  const std::scoped_lock lock{of(file).disk->mutex};
  std::atomic_thread_fence(std::memory_order_seq_cst);
}

int shared_unmap(sqlite3_file* file, int) {
  Opened& self = of(file);
  const std::scoped_lock lock{self.disk->mutex};
  for (std::size_t slot = 0; slot < SQLITE_SHM_NLOCK; ++slot) shared_unlock(self, slot);
  if (self.maps && --self.node->shared.users == 0) self.node->shared.regions.clear();
  self.maps = false;
  return SQLITE_OK;
}

int file_close(sqlite3_file* file) {
  Opened* self = &of(file);
  {
    const std::scoped_lock lock{self->disk->mutex};
    let_go(*self, SQLITE_LOCK_NONE);
    if (!self->delete_path.empty() && !self->dead()) self->disk->files.erase(self->delete_path);
  }
  delete self;
  return SQLITE_OK;
}

constexpr sqlite3_io_methods methods{
    .iVersion = 2,
    .xClose = file_close,
    .xRead = file_read,
    .xWrite = file_write,
    .xTruncate = file_truncate,
    .xSync = file_sync,
    .xFileSize = file_size,
    .xLock = file_lock,
    .xUnlock = file_unlock,
    .xCheckReservedLock = file_reserved,
    .xFileControl = file_control,
    .xSectorSize = file_sector,
    .xDeviceCharacteristics = file_traits,
    .xShmMap = shared_map,
    .xShmLock = shared_lock,
    .xShmBarrier = shared_barrier,
    .xShmUnmap = shared_unmap,
    .xFetch = nullptr,
    .xUnfetch = nullptr,
};

LossyDisk::State& state_of(sqlite3_vfs* vfs) { return *static_cast<LossyDisk::State*>(vfs->pAppData); }

int disk_open(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags, int* out_flags) {
  LossyDisk::State& disk = state_of(vfs);
  const std::scoped_lock lock{disk.mutex};
  auto* handle = new (file) Handle{};  // methods stay null, and xClose is not called, unless it opens
  if (disk.down) return SQLITE_CANTOPEN;
  std::shared_ptr<Node> node;
  if (path == nullptr) {
    node = std::make_shared<Node>();  // a temporary file, nobody else's
  } else if (const auto found = disk.files.find(path); found != disk.files.end()) {
    node = found->second;
  } else if ((flags & SQLITE_OPEN_CREATE) != 0) {
    node = disk.files.emplace(path, std::make_shared<Node>()).first->second;
  } else {
    return SQLITE_CANTOPEN;
  }
  handle->opened = new Opened{.disk = &disk, .node = std::move(node), .life = disk.life};
  if (path != nullptr && (flags & SQLITE_OPEN_DELETEONCLOSE) != 0) handle->opened->delete_path = path;
  handle->base.pMethods = &methods;
  if (out_flags != nullptr) *out_flags = flags;
  return SQLITE_OK;
}

int disk_delete(sqlite3_vfs* vfs, const char* path, int) {
  LossyDisk::State& disk = state_of(vfs);
  const std::scoped_lock lock{disk.mutex};
  if (disk.down || disk.failing) return SQLITE_IOERR_DELETE;
  return disk.files.erase(path) == 1 ? SQLITE_OK : SQLITE_IOERR_DELETE_NOENT;
}

int disk_access(sqlite3_vfs* vfs, const char* path, int, int* there) {
  LossyDisk::State& disk = state_of(vfs);
  const std::scoped_lock lock{disk.mutex};
  *there = disk.files.contains(path) ? 1 : 0;
  return disk.down ? SQLITE_IOERR_ACCESS : SQLITE_OK;
}

int disk_full_path(sqlite3_vfs*, const char* path, int size, char* out) {
  sqlite3_snprintf(size, out, "%s", path);
  return SQLITE_OK;
}

int disk_random(sqlite3_vfs* vfs, int size, char* out) {
  LossyDisk::State& disk = state_of(vfs);
  const std::scoped_lock lock{disk.mutex};
  disk.random.fill({reinterpret_cast<unsigned char*>(out), static_cast<std::size_t>(size)});
  return size;
}

int disk_sleep(sqlite3_vfs*, int us) { return sqlite3_vfs_find(nullptr)->xSleep(sqlite3_vfs_find(nullptr), us); }

// No statement of ours reads SQLite's clock, so that it need not be one.
int disk_time(sqlite3_vfs*, double* now) {
  *now = 2461000.5;  // a Julian day
  return SQLITE_OK;
}

int disk_last_error(sqlite3_vfs*, int, char*) { return 0; }

}  // namespace

LossyDisk::LossyDisk(const std::string& name) : state_(std::make_unique<State>()) {
  state_->name = name;
  sqlite3_vfs& vfs = state_->vfs;
  vfs.iVersion = 1;
  vfs.szOsFile = sizeof(Handle);
  vfs.mxPathname = 512;
  vfs.zName = state_->name.c_str();
  vfs.pAppData = state_.get();
  vfs.xOpen = disk_open;
  vfs.xDelete = disk_delete;
  vfs.xAccess = disk_access;
  vfs.xFullPathname = disk_full_path;
  vfs.xRandomness = disk_random;
  vfs.xSleep = disk_sleep;
  vfs.xCurrentTime = disk_time;
  vfs.xGetLastError = disk_last_error;
  CHECK(sqlite3_vfs_register(&vfs, 0) == SQLITE_OK);
}

LossyDisk::~LossyDisk() { sqlite3_vfs_unregister(&state_->vfs); }

const std::string& LossyDisk::vfs() const { return state_->name; }

void LossyDisk::crash(base::Random& random) {
  const std::scoped_lock lock{state_->mutex};
  state_->crash(random);
}

void LossyDisk::crash_after(std::int64_t operations, base::Random& random) {
  CHECK(operations > 0);
  const std::scoped_lock lock{state_->mutex};
  state_->countdown = operations;
  state_->countdown_random = &random;
}

bool LossyDisk::is_down() const {
  const std::scoped_lock lock{state_->mutex};
  return state_->down;
}

void LossyDisk::restart() {
  const std::scoped_lock lock{state_->mutex};
  state_->down = false;
  state_->countdown = 0;
}

void LossyDisk::set_full(bool full) {
  const std::scoped_lock lock{state_->mutex};
  state_->full = full;
}

void LossyDisk::set_failing(bool failing) {
  const std::scoped_lock lock{state_->mutex};
  state_->failing = failing;
}

LossyDisk::Counts LossyDisk::counts() const {
  const std::scoped_lock lock{state_->mutex};
  return state_->counts;
}

}  // namespace db

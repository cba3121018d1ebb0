// Gate: a lock for what is read a million times a second and changed now and then. A reader locks one of several
// mutexes, its thread's own; a writer locks them all. So readers on several cores share no cache line, and a writer is
// never starved by them, as it can be at a shared_mutex that prefers readers.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <mutex>

namespace iam {

class Gate final {
 public:
  class Read final {
   public:
    explicit Read(const Gate& gate) : lock_(gate.slots_[slot()].mutex) {}

   private:
    std::lock_guard<std::mutex> lock_;
  };

  class Write final {
   public:
    explicit Write(const Gate& gate) : gate_(gate) {
      for (const Slot& each : gate_.slots_) each.mutex.lock();
    }
    Write(const Write&) = delete;
    Write& operator=(const Write&) = delete;
    ~Write() {
      for (const Slot& each : gate_.slots_) each.mutex.unlock();
    }

   private:
    const Gate& gate_;
  };

 private:
  struct alignas(64) Slot {
    mutable std::mutex mutex;
  };
  static constexpr std::size_t slots = 16;

  static std::size_t slot() {
    static std::atomic<std::size_t> next{0};
    thread_local const std::size_t mine = next.fetch_add(1, std::memory_order_relaxed) % slots;
    return mine;
  }

  std::array<Slot, slots> slots_;
};

}  // namespace iam

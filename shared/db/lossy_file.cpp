#include "shared/db/lossy_file.hpp"

#include <algorithm>
#include <cstring>
#include <map>

namespace db {

std::size_t LossyFile::read(std::size_t at, char* into, std::size_t size) const {
  const std::size_t there = at >= seen_.size() ? 0 : std::min(size, seen_.size() - at);
  if (there > 0) std::memcpy(into, seen_.data() + at, there);
  std::memset(into + there, 0, size - there);
  return there;
}

void LossyFile::write(std::size_t at, std::string_view bytes) {
  pending_.push_back({.at = at, .bytes = std::string{bytes}});
  apply(seen_, pending_.back());
}

void LossyFile::truncate(std::size_t size) {
  pending_.push_back({.at = size, .truncates = true});
  apply(seen_, pending_.back());
}

void LossyFile::sync() {
  for (const Write& each : pending_) apply(durable_, each);
  pending_.clear();
  synced_ = true;
}

void LossyFile::apply(std::string& content, const Write& write) {
  if (write.truncates) {
    content.resize(std::min(content.size(), write.at));
    return;
  }
  if (content.size() < write.at + write.bytes.size()) content.resize(write.at + write.bytes.size(), '\0');
  content.replace(write.at, write.bytes.size(), write.bytes);
}

// A sector on the disk is what it was at some moment, so of its writes a first part is kept; sectors are independent.
std::int64_t LossyFile::crash(base::Random& random) {
  std::map<std::size_t, std::uint64_t> writes;  // by sector
  std::vector<Write> pieces;
  for (const Write& each : pending_) {
    if (each.truncates) {
      pieces.push_back(each);
      continue;
    }
    for (std::size_t from = 0; from < each.bytes.size();) {
      const std::size_t at = each.at + from;
      const std::size_t size = std::min(each.bytes.size() - from, sector_size - at % sector_size);
      pieces.push_back({.at = at, .bytes = each.bytes.substr(from, size)});
      ++writes[at / sector_size];
      from += size;
    }
  }
  for (auto& [sector, count] : writes) count = random.below(count + 1);  // now: how many are kept
  std::int64_t lost = 0;
  for (const Write& piece : pieces) {
    if (piece.truncates) {
      if (random.below(2) == 0) apply(durable_, piece);
    } else if (std::uint64_t& keep = writes[piece.at / sector_size]; keep > 0) {
      --keep;
      apply(durable_, piece);
    } else {
      lost += static_cast<std::int64_t>(piece.bytes.size());
    }
  }
  pending_.clear();
  seen_ = durable_;
  synced_ = true;  // it is on the disk, and so in its directory
  return lost;
}

}  // namespace db

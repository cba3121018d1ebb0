// Ids are types. A UUIDv7 (RFC 9562, section 5.7: 48 bits of milliseconds, then dice), printed as its prefix and 26
// letters of Crockford base32 in lower case, `prj_01j9…`: a wrong id is visible to a person, refused by the compiler,
// and sorts bytewise by the millisecond of its making.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "shared/base/fixed_string.hpp"
#include "shared/base/random.hpp"
#include "shared/base/result.hpp"
#include "shared/base/time.hpp"

namespace base {

using Uuid = std::array<unsigned char, 16>;

Uuid uuid7(Instant now, Random& random);
std::string id_text(std::string_view prefix, const Uuid&);
/// Errors: `invalid` (another prefix, length or letter).
Result<Uuid> id_from_text(std::string_view prefix, std::string_view text);

template <FixedString Prefix>
class Id {
 public:
  static constexpr std::string_view prefix = Prefix.view();

  constexpr Id() = default;  // no id: prints as zeros, never stored
  constexpr explicit Id(const Uuid& uuid) : uuid_(uuid) {}

  static Id make(Instant now, Random& random) { return Id{uuid7(now, random)}; }
  static Result<Id> parse(std::string_view text) {
    auto uuid = id_from_text(prefix, text);
    if (!uuid) return uuid.error();
    return Id{*uuid};
  }

  std::string text() const { return id_text(prefix, uuid_); }
  const Uuid& uuid() const { return uuid_; }
  constexpr auto operator<=>(const Id&) const = default;

 private:
  Uuid uuid_{};
};

template <class T>
inline constexpr bool is_id = false;
template <FixedString P>
inline constexpr bool is_id<Id<P>> = true;

}  // namespace base

template <base::FixedString P>
struct std::hash<base::Id<P>> {
  std::size_t operator()(const base::Id<P>& id) const noexcept {
    return std::hash<std::string_view>{}({reinterpret_cast<const char*>(id.uuid().data()), id.uuid().size()});
  }
};

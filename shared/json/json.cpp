// The only place that knows Boost.JSON. Its parser checks the grammar and UTF-8; what it lets pass (the same key twice,
// 1e999, U+0000) and the limits of the house are checked here, while the tree is built.
#include "shared/json/json.hpp"

#include <algorithm>
#include <boost/json/basic_parser_impl.hpp>
#include <charconv>
#include <cmath>
#include <set>

#include "shared/json/document.hpp"
#include "shared/json/pointer.hpp"

namespace json {
namespace {

namespace bj = boost::json;

bool holds_null_byte(std::string_view text) { return text.find('\0') != std::string_view::npos; }

bool is_twice(const std::vector<std::string>& keys) {
  return std::find(keys.begin(), keys.end() - 1, keys.back()) != keys.end() - 1;
}

}  // namespace

/// The parser's handler: a stack of what is open, the innermost last.
class Builder {
 public:
  static constexpr std::size_t max_object_size = members_max;
  static constexpr std::size_t max_array_size = members_max;
  static constexpr std::size_t max_string_size = string_max;
  static constexpr std::size_t max_key_size = string_max;

  Document take() { return std::move(root_); }
  const std::string& refusal() const { return refusal_; }
  std::string pointer() const {
    std::string text;
    for (const Open& each : open_) {
      const bool list = each.document.kind_ == Document::Kind::list;
      if (!list && !each.keyed) break;
      text += '/';
      text += list ? std::to_string(each.document.items_.size()) : escaped(each.document.keys_.back());
    }
    return text;
  }

  bool on_document_begin(bj::error_code&) { return true; }
  bool on_document_end(bj::error_code&) { return true; }
  bool on_object_begin(bj::error_code& ec) { return begin(Document::Kind::object, ec); }
  bool on_array_begin(bj::error_code& ec) { return begin(Document::Kind::list, ec); }
  bool on_array_end(std::size_t, bj::error_code& ec) { return close(ec); }
  bool on_object_end(std::size_t, bj::error_code& ec) { return close(ec); }

  bool on_string_part(bj::string_view part, std::size_t, bj::error_code&) { return gather(part); }
  bool on_key_part(bj::string_view part, std::size_t, bj::error_code&) { return gather(part); }
  bool on_number_part(bj::string_view part, bj::error_code&) { return gather(part); }
  bool on_comment_part(bj::string_view, bj::error_code&) { return true; }
  bool on_comment(bj::string_view, bj::error_code&) { return true; }

  bool on_key(bj::string_view part, std::size_t, bj::error_code& ec) {
    gather(part);
    Open& top = open_.back();
    top.keyed = true;
    top.document.keys_.push_back(std::exchange(text_, {}));
    if (!top.seen.insert(std::hash<std::string>{}(top.document.keys_.back())).second && is_twice(top.document.keys_))
      return refuse("the same member twice", ec);
    if (holds_null_byte(top.document.keys_.back())) return refuse("a text holds U+0000", ec);
    return true;
  }
  bool on_string(bj::string_view part, std::size_t, bj::error_code& ec) {
    gather(part);
    if (holds_null_byte(text_)) return refuse("a text holds U+0000", ec);
    return leaf(Document::Kind::text, ec);
  }
  bool on_int64(std::int64_t, bj::string_view part, bj::error_code& ec) {
    gather(part);
    return leaf(Document::Kind::number, ec);
  }
  bool on_uint64(std::uint64_t, bj::string_view part, bj::error_code& ec) {
    gather(part);
    return leaf(Document::Kind::number, ec);
  }
  bool on_double(double value, bj::string_view part, bj::error_code& ec) {
    gather(part);
    if (!std::isfinite(value)) return refuse("a number out of range", ec);
    return leaf(Document::Kind::number, ec);
  }
  bool on_bool(bool flag, bj::error_code& ec) {
    Document document;
    document.kind_ = Document::Kind::boolean;
    document.flag_ = flag;
    return add(std::move(document), ec);
  }
  bool on_null(bj::error_code& ec) { return add(Document{}, ec); }

 private:
  struct Open {
    Document document;
    std::set<std::size_t> seen = {};  // hashes of the keys: 10,000 keys are not compared pair by pair
    bool keyed = false;               // the last key has no value yet
  };

  bool gather(bj::string_view part) {
    text_.append(part.data(), part.size());
    return true;
  }
  bool refuse(std::string why, bj::error_code& ec) {
    refusal_ = std::move(why);
    ec = bj::error::syntax;
    return false;
  }
  bool count(bj::error_code& ec) {
    if (++members_ <= members_max) return true;
    return refuse("more than " + std::to_string(members_max) + " members", ec);
  }
  bool begin(Document::Kind kind, bj::error_code& ec) {
    if (open_.size() == depth_max) return refuse("more than " + std::to_string(depth_max) + " levels", ec);
    if (!count(ec)) return false;
    open_.emplace_back().document.kind_ = kind;
    return true;
  }
  bool close(bj::error_code&) {
    Document done = std::move(open_.back().document);
    open_.pop_back();
    place(std::move(done));
    return true;
  }
  bool leaf(Document::Kind kind, bj::error_code& ec) {
    Document document;
    document.kind_ = kind;
    document.text_ = std::exchange(text_, {});
    return add(std::move(document), ec);
  }
  bool add(Document document, bj::error_code& ec) {
    if (!count(ec)) return false;
    place(std::move(document));
    return true;
  }
  void place(Document document) {
    if (open_.empty()) {
      root_ = std::move(document);
      return;
    }
    open_.back().document.items_.push_back(std::move(document));
    open_.back().keyed = false;
  }

  Document root_;
  std::vector<Open> open_;
  std::string text_;  // of the key, string or number that is being read
  std::string refusal_;
  std::size_t members_ = 0;
};

base::Result<Document> Document::parse(std::string_view text) {
  bj::parse_options options;
  options.max_depth = depth_max + 1;  // the builder refuses first, with a pointer
  bj::basic_parser<Builder> parser{options};
  bj::error_code ec;
  const std::size_t read = parser.write_some(false, text.data(), text.size(), ec);
  if (!ec && read < text.size()) ec = bj::error::extra_data;
  if (!ec) return parser.handler().take();

  std::string detail = parser.handler().refusal();
  if (detail.empty()) detail = "not JSON at byte " + std::to_string(read) + ": " + ec.message();
  return base::Error{base::invalid, std::move(detail), parser.handler().pointer()};
}

const Document* Document::find(std::string_view member) const {
  const auto at = std::find(keys_.begin(), keys_.end(), member);
  return at == keys_.end() ? nullptr : &items_[static_cast<std::size_t>(at - keys_.begin())];
}

const Document& Document::operator[](std::string_view member) const {
  static const Document absent;
  const Document* found = find(member);
  return found != nullptr ? *found : absent;
}

const Document& Document::operator[](std::size_t item) const {
  static const Document absent;
  return kind_ == Kind::list && item < items_.size() ? items_[item] : absent;
}

std::int64_t Document::as_int() const {
  std::int64_t value = 0;
  if (kind_ != Kind::number) return 0;
  const auto [end, error] = std::from_chars(text_.data(), text_.data() + text_.size(), value);
  return error == std::errc{} && end == text_.data() + text_.size() ? value : 0;
}

base::Result<Json> canonical(std::string_view text) {
  const auto document = Document::parse(text);
  if (!document) return document.error();
  return Json{document->canonical()};
}

}  // namespace json

// A JSON text as a tree, and a writer of one: for clients, tests, problem+json and OpenAPI, where no struct describes
// the text. What the API takes and answers goes through structs (json.hpp), not through here.
//
// A Document is read forgivingly: what is not there is null, and a null has no text. Numbers keep their digits.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "shared/base/result.hpp"
#include "shared/json/json.hpp"

namespace json {

class Document {
 public:
  enum class Kind : unsigned char { null, boolean, number, text, list, object };

  /// Errors: `invalid` with the pointer of what breaks a rule of json.hpp; for broken grammar the detail has the byte.
  static base::Result<Document> parse(std::string_view text);

  Kind kind() const { return kind_; }
  bool is_null() const { return kind_ == Kind::null; }
  /// Items of a list, members of an object; 0 for the rest.
  std::size_t size() const { return items_.size(); }
  bool has(std::string_view member) const { return find(member) != nullptr; }
  /// The null document if there is no such member or item.
  const Document& operator[](std::string_view member) const;
  const Document& operator[](const char* member) const { return (*this)[std::string_view{member}]; }
  const Document& operator[](std::size_t item) const;
  const Document& operator[](int item) const { return (*this)[static_cast<std::size_t>(item)]; }
  const std::vector<Document>& items() const { return items_; }
  const std::vector<std::string>& keys() const { return keys_; }  // of `items`, in the order of the text

  /// A text's text or a number's digits; else empty.
  const std::string& as_text() const { return text_; }
  /// Zero if it is no integer of 64 bits.
  std::int64_t as_int() const;
  bool as_bool() const { return kind_ == Kind::boolean && flag_; }

  /// As in the text, without blanks.
  std::string dump() const;
  /// Keys in byte order, numbers normal: equal values have equal texts.
  std::string canonical() const;

 private:
  friend class Builder;
  const Document* find(std::string_view member) const;
  void print(std::string& out, bool in_order) const;

  Kind kind_ = Kind::null;
  bool flag_ = false;
  std::string text_;
  std::vector<std::string> keys_;
  std::vector<Document> items_;
};

/// Writes JSON in the order of the calls. Nesting is closed by `end`; `take` gives the text once all is closed.
class Writer {
 public:
  Writer& object() { return open('{', '}'); }
  Writer& list() { return open('[', ']'); }
  Writer& end();
  Writer& key(std::string_view);
  Writer& value(std::string_view text) { return raw(quoted(text)); }
  Writer& value(const char* text) { return value(std::string_view{text}); }
  Writer& value(const std::string& text) { return value(std::string_view{text}); }
  Writer& null() { return raw("null"); }
  /// `text` is JSON already.
  Writer& raw(std::string_view text);
  /// Anything that json.hpp encodes.
  template <class T>
  Writer& value(const T& any) {
    return raw(encode(any));
  }
  template <class T>
  Writer& member(std::string_view name, const T& any) {
    return key(name).value(any);
  }
  std::string take();

 private:
  Writer& open(char bracket, char closing);
  void separate();

  std::string out_;
  std::string closings_;  // of the open brackets
  bool first_ = true;     // nothing stands yet in the innermost bracket
  bool after_key_ = false;
};

}  // namespace json

// The only place that knows yaml-cpp. Its events, not its nodes, so that lines are kept and aliases are seen.
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <optional>
#include <sstream>

#include "shared/config/tree.hpp"

namespace config {
namespace {

using YAML::Mark;

// An exception of yaml-cpp's own kind, so that its errors and ours take one way out.
[[noreturn]] void refuse(const Mark& mark, const std::string& why) { throw YAML::ParserException{mark, why}; }

// A number as JSON writes it (RFC 8259, section 6).
bool is_number(std::string_view text) {
  std::size_t at = 0;
  const auto digits = [&] {
    const std::size_t from = at;
    while (at < text.size() && text[at] >= '0' && text[at] <= '9') ++at;
    return at > from;
  };
  if (text.starts_with('-')) ++at;
  const bool zero = text.substr(at).starts_with('0');
  const std::size_t whole = at;
  if (!digits() || (zero && at > whole + 1)) return false;
  if (at < text.size() && text[at] == '.' && (++at, !digits())) return false;
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
    if (!digits()) return false;
  }
  return at == text.size();
}

// YAML 1.2.2, 10.3.2 (core schema), less what JSON cannot say.
std::string plain(const std::string& text) {
  if (text.empty() || text == "~" || text == "null") return "null";
  if (text == "true" || text == "false" || is_number(text)) return text;
  return json::quoted(text);
}

class Events final : public YAML::EventHandler {
 public:
  explicit Events(const Origin& origin) : origin_(origin) {}
  Tree take() { return std::move(root_); }

  void OnDocumentStart(const Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const Mark& mark, YAML::anchor_t) override { scalar(mark, "null", {}); }
  void OnAlias(const Mark& mark, YAML::anchor_t) override { refuse(mark, "aliases are not supported: write it out"); }
  void OnScalar(const Mark& mark, const std::string& tag, YAML::anchor_t, const std::string& text) override {
    if (tag == "?" || tag.empty()) return scalar(mark, plain(text), text);
    if (tag == "!" || tag == "tag:yaml.org,2002:str") return scalar(mark, json::quoted(text), text);
    refuse(mark, "tags are not supported");
  }
  void OnSequenceStart(const Mark& mark, const std::string& tag, YAML::anchor_t, YAML::EmitterStyle::value) override {
    open(mark, tag, Tree::Kind::list);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const Mark& mark, const std::string& tag, YAML::anchor_t, YAML::EmitterStyle::value) override {
    open(mark, tag, Tree::Kind::map);
  }
  void OnMapEnd() override { close(); }

 private:
  struct Open {
    Tree tree;
    std::optional<std::pair<std::string, std::string>> key = {};  // and its origin, until its value came
  };

  std::string at(const Mark& mark) const { return origin_.at(mark.line + 1); }
  bool key_is_due() const { return !open_.empty() && open_.back().tree.kind == Tree::Kind::map && !open_.back().key; }

  void scalar(const Mark& mark, std::string json, std::optional<std::string> text) {
    if (!key_is_due()) return place({.kind = Tree::Kind::scalar, .json = std::move(json), .origin = at(mark)});
    if (!text) refuse(mark, "a key is a text");
    if (const Tree* twice = open_.back().tree.find(*text))
      refuse(mark, "the key `" + *text + "` is here twice, first at " + twice->origin);
    open_.back().key = {std::move(*text), at(mark)};
  }
  void open(const Mark& mark, const std::string& tag, Tree::Kind kind) {
    if (key_is_due()) refuse(mark, "a key is a text");
    if (tag != "?" && tag != "!" && !tag.empty()) refuse(mark, "tags are not supported");
    open_.push_back({.tree = {.kind = kind, .origin = at(mark)}});
  }
  void close() {
    Tree done = std::move(open_.back().tree);
    open_.pop_back();
    place(std::move(done));
  }
  void place(Tree tree) {
    if (open_.empty()) {
      root_ = std::move(tree);
      return;
    }
    Open& top = open_.back();
    std::string key;
    if (top.key) {
      key = std::move(top.key->first);
      tree.origin = std::move(top.key->second);  // what is wrong with a value is looked for at its key
      top.key.reset();
    }
    top.tree.below.emplace_back(std::move(key), std::move(tree));
  }

  const Origin& origin_;
  Tree root_;
  std::vector<Open> open_;
};

}  // namespace

base::Result<Tree> tree_from_yaml(std::string_view yaml, const Origin& origin) {
  // yaml-cpp would put U+FFFD for what is not UTF-8, and read UTF-16.
  if (!json::is_utf8(yaml)) return base::Error{base::invalid, origin.where + ": is not UTF-8"};
  try {
    std::istringstream stream{std::string{yaml}};
    YAML::Parser parser{stream};
    Events events{origin};
    Tree tree{.origin = origin.at(1)};
    if (parser.HandleNextDocument(events)) tree = events.take();
    Events more{origin};
    if (parser.HandleNextDocument(more)) return base::Error{base::invalid, origin.where + ": more than one document"};
    return tree;
  } catch (const YAML::Exception& e) {
    const std::string at = e.mark.is_null() ? origin.where : origin.at(e.mark.line + 1);
    return base::Error{base::invalid, at + ": " + e.msg};
  }
}

}  // namespace config

// JSON Schema 2020-12, as OpenAPI 3.1 takes it.
#include <algorithm>

#include "shared/base/check.hpp"
#include "shared/json/document.hpp"

namespace json::detail {
namespace {

using Components = std::map<std::string, std::string>;

/// Where components go. With `references_only` they are only named, to compare a struct with the one of its name.
struct Into {
  Components& components;
  bool references_only = false;
};

std::string fixed(std::string_view type_word) { return R"({"type":")" + std::string{type_word} + "\"}"; }

std::string text_schema(const Type& type, const Field* field) {
  Writer writer;
  writer.object().member("type", "string");
  if (!type.words.empty()) {
    std::string prefixes;
    for (const std::string_view each : type.words) prefixes += (prefixes.empty() ? "" : "|") + std::string{each};
    writer.member("pattern", "^(" + prefixes + ")_[0-9a-hjkmnp-tv-z]{26}$");
  }
  if (!type.format.empty()) writer.member("format", type.format);
  if (field != nullptr && field->min > 0) writer.member("minLength", field->min);
  if (field != nullptr && field->max < INT64_MAX) writer.member("maxLength", field->max);
  return writer.end().take();
}

std::string integer_schema(const Type& type, const Field* field) {
  const int bits = type.bytes * 8 - (type.is_signed ? 1 : 0);
  const bool is_narrow = bits < 31;  // the type's own limits are worth saying: a port, a percentage
  const std::int64_t type_max = is_narrow ? (std::int64_t{1} << bits) - 1 : INT64_MAX;
  const std::int64_t type_min = !type.is_signed ? 0 : is_narrow ? -type_max - 1 : INT64_MIN;
  const std::int64_t min = std::max(type_min, field != nullptr ? field->min : INT64_MIN);
  const std::int64_t max = std::min(type_max, field != nullptr ? field->max : INT64_MAX);
  Writer writer;
  writer.object().member("type", "integer");
  if (type.bytes == 8) writer.member("format", "int64");
  if (type.bytes == 4 && type.is_signed) writer.member("format", "int32");
  if (min > INT64_MIN) writer.member("minimum", min);
  if (max < INT64_MAX) writer.member("maximum", max);
  return writer.end().take();
}

std::string amount_schema(bool rate) {
  const std::string amount =
      std::string{R"({"type":"string","pattern":"^-?[0-9]+([.][0-9]{1,)"} + (rate ? "12" : "6") + R"(})?$"})";
  Writer writer;
  writer.object().member("type", "object").key("properties").object();
  writer.key("amount").raw(amount);
  writer.key("currency").raw(R"({"type":"string","pattern":"^[A-Z]{3}$"})");
  if (rate) writer.key("per").raw(R"({"type":"integer","minimum":1})");
  writer.end().key("required").list().value("amount").value("currency");
  if (rate) writer.value("per");
  return writer.end().member("additionalProperties", false).end().take();
}

std::string word_schema(const Type& type) {
  Writer writer;
  writer.object().member("type", "string").key("enum").list();
  for (const std::string_view each : type.words) writer.value(each);
  return writer.end().end().take();
}

std::string of(const Type&, const Field*, const Into&);

std::string items_schema(const Type& type, const Field* field, const Into& into) {
  const bool map = type.form == Form::map;
  Writer writer;
  writer.object().member("type", map ? "object" : "array");
  writer.key(map ? "additionalProperties" : "items").raw(of(type.inner(), nullptr, into));
  if (field != nullptr && field->min > 0) writer.member(map ? "minProperties" : "minItems", field->min);
  if (field != nullptr && field->max < INT64_MAX) writer.member(map ? "maxProperties" : "maxItems", field->max);
  return writer.end().take();
}

std::string object_schema(const Type& type, std::span<const std::string> left_out, const Into& into) {
  const auto is_left_out = [&](const Field& field) {
    return std::find(left_out.begin(), left_out.end(), field.name) != left_out.end();
  };
  Writer writer;
  writer.object().member("type", "object").key("properties").object();
  bool any_required = false;
  for (const Field& field : type.fields) {
    if (is_left_out(field)) continue;
    writer.key(field.name).raw(of(field.type(), &field, into));
    any_required |= field.required;
  }
  writer.end();
  if (any_required) {
    writer.key("required").list();
    for (const Field& field : type.fields)
      if (field.required && !is_left_out(field)) writer.value(field.name);
    writer.end();
  }
  return writer.member("additionalProperties", false).end().take();
}

// A component is entered before its members are looked at, so that a struct may hold itself.
std::string component(const Type& type, const Into& into) {
  const std::string name{type.name};
  std::string reference = R"({"$ref":"#/components/schemas/)" + name + "\"}";
  if (into.references_only) return reference;
  Components& components = into.components;
  if (type.form != Form::structure) {
    components[name] = amount_schema(type.form == Form::rate);
    return reference;
  }
  const auto [at, is_new] = components.try_emplace(name);
  if (is_new) {
    std::string text = object_schema(type, {}, into);
    components[name] = std::move(text);
  } else if (!at->second.empty()) {
    // Two structs of one name: one of them says `json_name`.
    CHECK(at->second == object_schema(type, {}, Into{.components = components, .references_only = true}));
  }
  return reference;
}

std::string of(const Type& type, const Field* field, const Into& into) {
  switch (type.form) {
    case Form::boolean:
      return fixed("boolean");
    case Form::integer:
      return integer_schema(type, field);
    case Form::text:
      return text_schema(type, field);
    case Form::word:
      return word_schema(type);
    case Form::any:
      return "{}";
    case Form::money:
    case Form::rate:
      return component(type, into);
    case Form::list:
    case Form::map:
      return items_schema(type, field, into);
    case Form::optional:
      return R"({"anyOf":[)" + of(type.inner(), field, into) + R"(,{"type":"null"}]})";
    case Form::structure:
      break;
  }
  return type.name.empty() ? object_schema(type, {}, into) : component(type, into);
}

}  // namespace

std::string schema(const Type& type, Components& components) { return of(type, nullptr, {components}); }

std::vector<Member> members(const Type& type, Components& components) {
  std::vector<Member> out;
  for (const Field& field : type.fields)
    out.push_back({.name = std::string{field.name},
                   .required = field.required,
                   .schema = of(field.type(), &field, {components})});
  return out;
}

std::optional<std::string> body_schema(const Type& type, std::span<const std::string> left_out,
                                       Components& components) {
  if (type.form != Form::structure) return of(type, nullptr, {components});
  const bool any = std::any_of(type.fields.begin(), type.fields.end(), [&](const Field& field) {
    return std::find(left_out.begin(), left_out.end(), field.name) == left_out.end();
  });
  if (!any) return {};
  return left_out.empty() ? of(type, nullptr, {components}) : object_schema(type, left_out, {components});
}

}  // namespace json::detail

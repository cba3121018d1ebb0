// Reading manifests: decoded strictly, then what a type cannot say is checked, with the line where it was said.
#include "platform/registry/registry.hpp"

#include <algorithm>
#include <set>

#include "shared/config/config.hpp"

namespace registry {
namespace {

constexpr int rate_places = 12;  // pico-units

/// One manifest with the places of its values.
class Checker final {
 public:
  Checker(const Product& product, const config::Translated& source, std::optional<base::Currency> sold_in)
      : product_(product), source_(source), sold_in_(std::move(sold_in)) {}

  base::Result<void> run() {
    name();
    types_and_permissions();
    roles();
    meters();
    books();
    surfaces();
    operations();
    if (error_) return *error_;
    return {};
  }

 private:
  void refuse(const std::string& pointer, const std::string& why) {
    if (!error_) error_ = config::located(source_, base::Error{base::invalid, why, pointer});
  }

  static bool is_word(std::string_view text, std::string_view more) {
    const auto good = [&](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || more.contains(c); };
    return !text.empty() && text.size() <= 100 && std::ranges::all_of(text, good);
  }
  bool is_own(std::string_view text, std::string_view more) const {
    return text.starts_with(product_.name + ".") && is_word(text.substr(product_.name.size() + 1), more);
  }
  static std::string at(std::string_view list, std::size_t index, std::string_view member = {}) {
    std::string pointer = "/" + std::string{list} + "/" + std::to_string(index);
    if (!member.empty()) pointer += "/" + std::string{member};
    return pointer;
  }
  // Each name once, and the product's own.
  template <class Items>
  void own_names(std::string_view list, const Items& items, std::string_view more) {
    std::set<std::string_view> seen;
    for (std::size_t i = 0; i < items.size(); ++i) {
      if (!is_own(items[i].name, more))
        refuse(at(list, i, "name"), "a name of this product begins with " + product_.name + ".");
      if (!seen.insert(items[i].name).second) refuse(at(list, i, "name"), items[i].name + " stands twice");
    }
  }

  void name() {
    if (!is_word(product_.name, "-")) refuse("/name", "a product's name has lower-case letters, digits and dashes");
  }

  void types_and_permissions() {
    own_names("resource_types", product_.resource_types, "_-");
    own_names("permissions", product_.permissions, "_.");
    for (std::size_t i = 0; i < product_.permissions.size(); ++i) {
      const std::string& each = product_.permissions[i].name;
      if (std::ranges::count(each, '.') != 2 || each.ends_with('.') || each.contains(".."))
        refuse(at("permissions", i, "name"), "a permission is owner.resource_type.verb");
      permissions_.insert(each);
    }
  }

  void roles() {
    for (const auto& [role, held] : product_.roles)
      for (std::size_t i = 0; i < held.size(); ++i)
        if (!permissions_.contains(held[i]))
          refuse("/roles/" + role + "/" + std::to_string(i), held[i] + " is none of this product's permissions");
  }

  void meters() {
    own_names("meters", product_.meters, "-");
    for (const Meter& each : product_.meters) meters_.insert(each.name);
  }

  void books() {
    std::set<std::string_view> ids;
    for (std::size_t i = 0; i < product_.price_books.size(); ++i) {
      const PriceBook& book = product_.price_books[i];
      if (const base::Currency& all = sold_in_ ? *sold_in_ : product_.price_books.front().currency;
          book.currency != all)
        refuse(at("price_books", i, "currency"), "all that is sold here is in one currency, " + all.code);
      if (book.id.empty() || !ids.insert(book.id).second) refuse(at("price_books", i, "id"), "an id of its own");
      std::set<std::pair<std::string_view, std::string_view>> seen;
      for (std::size_t k = 0; k < book.prices.size(); ++k) {
        const std::string where = at("price_books", i, "prices/" + std::to_string(k));
        price(book.prices[k], where);
        if (!seen.emplace(book.prices[k].sku, book.prices[k].meter).second)
          refuse(where + "/sku", "this SKU and meter stand twice in the book");
      }
    }
  }

  void price(const Price& price, const std::string& where) {
    if (price.sku.empty()) refuse(where + "/sku", "a SKU has a name");
    if (!meters_.contains(price.meter)) refuse(where + "/meter", price.meter + " is none of this product's meters");
    if (price.per < 1) refuse(where + "/per", "at least 1 unit");
    const auto amount = base::decimal_from_text(price.amount, rate_places);
    if (!amount || *amount < 0) refuse(where + "/amount", "an amount is decimal text such as \"2.499\"");
  }

  void surfaces() {
    for (std::size_t i = 0; i < product_.surfaces.size(); ++i)
      if (std::ranges::find(product_.resource_types, product_.surfaces[i].resource_type, &ResourceType::name) ==
          product_.resource_types.end())
        refuse(at("surfaces", i, "resource_type"), "none of this product's resource types");
  }

  void operations() {
    constexpr std::array methods{"GET", "POST", "PUT", "PATCH", "DELETE"};
    for (std::size_t i = 0; i < product_.operations.size(); ++i) {
      const Operation& each = product_.operations[i];
      if (std::ranges::find(methods, each.method) == methods.end()) refuse(at("operations", i, "method"), "no method");
      if (!each.path.starts_with("/v1/")) refuse(at("operations", i, "path"), "a path begins with /v1/");
      const bool own = each.permission.starts_with(product_.name + ".");
      if (own && !permissions_.contains(each.permission))
        refuse(at("operations", i, "permission"), each.permission + " is not declared");
    }
  }

  const Product& product_;
  const config::Translated& source_;
  const std::optional<base::Currency> sold_in_;  // by the products before it
  std::set<std::string> permissions_;
  std::set<std::string> meters_;
  std::optional<base::Error> error_;
};

base::Error as_refused(base::Error error) {
  error.reason = manifest_refused;
  return error;
}

}  // namespace

base::Result<Registry> Registry::read(const std::filesystem::path& products) {
  std::error_code trouble;
  std::vector<std::filesystem::path> manifests;
  for (const auto& entry : std::filesystem::directory_iterator(products, trouble))
    if (std::filesystem::exists(entry.path() / "product.yaml")) manifests.push_back(entry.path() / "product.yaml");
  if (trouble) return base::Error{manifest_refused, "cannot read " + products.string() + ": " + trouble.message()};
  std::sort(manifests.begin(), manifests.end());
  Registry registry;
  for (const auto& each : manifests) {
    auto yaml = config::read_file(each);
    if (!yaml) return as_refused(yaml.error());
    if (auto added = registry.add(*yaml, each.string()); !added) return added.error();
  }
  return registry;
}

base::Result<void> Registry::add(std::string_view yaml, std::string_view file) {
  const auto source = config::yaml_to_json(yaml, file);
  if (!source) return as_refused(source.error());
  auto product = json::decode<Product>(source->json);
  if (!product) return as_refused(config::located(*source, product.error()));
  if (auto checked = Checker{*product, *source, currency()}.run(); !checked) return as_refused(checked.error());
  if (this->product(product->name) != nullptr)
    return base::Error{manifest_refused, std::string{file} + ": there is a product " + product->name + " already"};
  products_.push_back(std::move(*product));
  add_prices(products_.back());
  return {};
}

void Registry::add_prices(const Product& product) {
  for (const PriceBook& book : product.price_books)
    for (const Price& each : book.prices)
      prices_.push_back({.product = product.name,
                         .book = book.id,
                         .sku = each.sku,
                         .meter = each.meter,
                         .unit = meter(each.meter)->unit,
                         .rate = {.picos = *base::decimal_from_text(each.amount, rate_places),
                                  .per = each.per,
                                  .currency = book.currency},
                         .per_text = each.per_text,
                         .valid_from = book.valid_from,
                         .simulated = each.simulated});
  std::sort(prices_.begin(), prices_.end(), [](const PriceVersion& a, const PriceVersion& b) {
    return std::tie(a.product, a.sku, a.meter, a.valid_from) < std::tie(b.product, b.sku, b.meter, b.valid_from);
  });
}

std::optional<base::Currency> Registry::currency() const {
  for (const Product& each : products_)
    if (!each.price_books.empty()) return each.price_books.front().currency;
  return std::nullopt;
}

const Product* Registry::product(std::string_view name) const {
  const auto found = std::ranges::find(products_, name, &Product::name);
  return found == products_.end() ? nullptr : &*found;
}

const Meter* Registry::meter(std::string_view name) const {
  for (const Product& product : products_)
    if (const auto found = std::ranges::find(product.meters, name, &Meter::name); found != product.meters.end())
      return &*found;
  return nullptr;
}

bool Registry::has_permission(std::string_view name) const {
  return std::ranges::any_of(products_, [&](const Product& product) {
    return std::ranges::find(product.permissions, name, &ProductPermission::name) != product.permissions.end();
  });
}

bool Registry::has_resource_type(std::string_view name) const {
  return std::ranges::any_of(products_, [&](const Product& product) {
    return std::ranges::find(product.resource_types, name, &ResourceType::name) != product.resource_types.end();
  });
}

std::vector<RoleAddition> Registry::role_additions() const {
  std::vector<RoleAddition> additions;
  for (const Product& product : products_)
    for (const auto& [role, held] : product.roles)
      for (const std::string& each : held) additions.push_back({role, each});
  return additions;
}

}  // namespace registry

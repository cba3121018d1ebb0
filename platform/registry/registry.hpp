// Registry: products as data. Each `products/NAME/product.yaml` says which resource types, permissions, meters and
// prices a product brings, which built-in roles hold its permissions, and which operations and surfaces it has.
//
// Always true
//   - a name that a product owns begins with the product's: `lamps.lamp`, `lamps.seconds`;
//   - a price version, once published, never changes: the database refuses it, and so does a start with another price
//     under the same book id;
//   - the server starts only if routes and manifests agree (`check`).
//
// Not here: what a product does with `shapes` or `extra` (its own), who holds a role (platform/iam), and what a usage
// event costs (platform/billing/rating).
#pragma once

#include <boost/describe.hpp>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "platform/request/request.hpp"
#include "shared/base/money.hpp"
#include "shared/base/result.hpp"
#include "shared/base/time.hpp"
#include "shared/db/db.hpp"
#include "shared/json/json.hpp"

namespace registry {

inline constexpr base::Reason manifest_refused{"manifest_refused", base::Kind::invalid,
                                               "Correct the manifest at the named line and start again."};
inline constexpr base::Reason price_changed{"price_changed", base::Kind::conflict,
                                            "Give changed prices a new book id with a later valid_from."};

enum class Aggregation { sum, max };
BOOST_DESCRIBE_ENUM(Aggregation, sum, max)

enum class SurfaceFamily { terminal, browser_app, api_app, metrics, operator_tool };
BOOST_DESCRIBE_ENUM(SurfaceFamily, terminal, browser_app, api_app, metrics, operator_tool)

struct ResourceType {
  std::string name;  // lamps.lamp
  std::string title;
};
BOOST_DESCRIBE_STRUCT(ResourceType, (), (name, title))

struct ProductPermission {
  std::string name;  // lamps.lamp.light
  std::string text;  // what it lets one do, for people
};
BOOST_DESCRIBE_STRUCT(ProductPermission, (), (name, text))

struct Meter {
  std::string name;  // lamps.seconds
  std::string unit;  // second
  Aggregation aggregation = Aggregation::sum;
  std::string text;
};
BOOST_DESCRIBE_STRUCT(Meter, (), (name, unit, aggregation, text))

struct Price {
  std::string sku;       // desk-lamp
  std::string meter;     // lamps.seconds
  std::string amount;    // decimal text of the book's currency, 2.499
  std::int64_t per = 1;  // units of the meter that cost `amount`
  std::string per_text;  // hour
  bool simulated = false;
  static constexpr std::array json_defaults{"simulated"};
};
BOOST_DESCRIBE_STRUCT(Price, (), (sku, meter, amount, per, per_text, simulated))

struct PriceBook {
  std::string id;  // "1": of this product
  base::Instant valid_from;
  base::Currency currency;
  std::vector<Price> prices;
};
BOOST_DESCRIBE_STRUCT(PriceBook, (), (id, valid_from, currency, prices))

struct Surface {
  std::string resource_type;
  std::string name;
  SurfaceFamily family = SurfaceFamily::terminal;
};
BOOST_DESCRIBE_STRUCT(Surface, (), (resource_type, name, family))

struct Operation {
  std::string permission;  // its last two words are the operation id
  std::string method;
  std::string path;
};
BOOST_DESCRIBE_STRUCT(Operation, (), (permission, method, path))

/// One manifest, as written.
struct Product {
  std::string name;
  std::string title;
  std::string version;
  std::vector<ResourceType> resource_types;
  std::vector<ProductPermission> permissions;
  std::map<std::string, std::vector<std::string>> roles;  // built-in role: this product's permissions that it holds
  std::vector<Meter> meters;
  std::vector<PriceBook> price_books;
  std::vector<Surface> surfaces;
  std::vector<Operation> operations;
  json::Json shapes;  // what it sells, in its own terms: read by the product only
  json::Json extra;   // anything else of its own
  static constexpr std::array json_defaults{"resource_types", "meters", "price_books", "surfaces",
                                            "operations",     "shapes", "extra"};
};
BOOST_DESCRIBE_STRUCT(Product, (),
                      (name, title, version, resource_types, permissions, roles, meters, price_books, surfaces,
                       operations, shapes, extra))

/// A built-in role that also holds a product's permission.
struct RoleAddition {
  std::string role;
  std::string permission;
};

/// What one unit of a meter costs for a SKU, from a time on.
struct PriceVersion {
  std::string product;
  std::string book;
  std::string sku;
  std::string meter;
  std::string unit;  // the meter's
  base::Rate rate;
  std::string per_text;
  base::Instant valid_from;
  bool simulated = false;
  bool operator==(const PriceVersion&) const = default;
};

/// All products of one installation; a value, the same for the life of the process.
class Registry final {
 public:
  Registry() = default;
  /// Errors: `manifest_refused`, detail "products/x/product.yaml:12: …".
  static base::Result<Registry> read(const std::filesystem::path& products);
  /// One manifest's text; `file` is only for errors.
  base::Result<void> add(std::string_view yaml, std::string_view file);

  const std::vector<Product>& products() const { return products_; }
  const Product* product(std::string_view name) const;
  const Meter* meter(std::string_view name) const;
  bool has_permission(std::string_view name) const;
  bool has_resource_type(std::string_view name) const;
  std::vector<RoleAddition> role_additions() const;
  /// Of all books; sorted by product, SKU, meter and valid_from.
  const std::vector<PriceVersion>& prices() const { return prices_; }
  /// Of all books: an organization's account holds one currency, so a book in another is refused. Nothing: no book.
  std::optional<base::Currency> currency() const;

 private:
  void add_prices(const Product&);

  std::vector<Product> products_;
  std::vector<PriceVersion> prices_;
};

/// Appends the price versions that the database does not have yet, and returns how many. Errors: `price_changed`.
base::Result<int> publish(db::Tx&, const Registry&, base::Instant now);

/// The version in force at `at`: the newest that began by then. From the database, so that old books still rate.
std::optional<PriceVersion> price_at(db::Snapshot&, std::string_view sku, std::string_view meter, base::Instant at);
/// All versions that are in force at `at`, by SKU and meter.
std::vector<PriceVersion> prices_at(db::Snapshot&, base::Instant at);

/// Refuses a route whose permission is a product's, if its manifest declares no such permission or no such operation,
/// and a manifest's operation without a route of that method, path and permission. Errors: `manifest_refused`.
base::Result<void> check(const Registry&, const std::vector<request::Routes>&);

}  // namespace registry

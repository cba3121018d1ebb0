// Links: the nodes that dialled this process, the relays over them, and a record when one ends.
#include <atomic>
#include <map>
#include <mutex>

#include "platform/access/access.hpp"
#include "platform/access/relay.hpp"
#include "platform/access/store.hpp"
#include "platform/log/log.hpp"
#include "shared/crypto/crypto.hpp"
#include "shared/mux/mux.hpp"

namespace entrance {
namespace {

static_assert(what_max <= mux::what_max);

class LinksOfProcess final : public Links {
 public:
  LinksOfProcess(db::Store& store, const base::Clock& clock, base::Random::Key dice, std::string scheme,
                 std::function<void(request::PrincipalId, bool)> said)
      : store_(store), clock_(clock), dice_(dice), scheme_(std::move(scheme)), said_(std::move(said)) {}

  void serve(Serve serve) override { serve_ = std::move(serve); }
  bool linked(request::PrincipalId node) const override { return find(node) != nullptr; }
  std::size_t count() const override {
    const std::lock_guard lock{mutex_};
    return links_.size();
  }
  void close_all(std::string_view reason) override;

  void attach(request::PrincipalId, const request::Caller&, std::shared_ptr<http::WebSocket>,
              std::function<void()> closed) override;
  bool relay(const request::Relay&, const http::Request&, std::shared_ptr<http::Responder>,
             std::shared_ptr<std::function<void(std::string_view)>> cut, std::function<void()> closed) override;

  std::string_view scheme() const override { return scheme_; }
  base::Result<request::Caller> use(db::Tx&, const request::Env&, std::string_view ticket,
                                    std::string_view target) override;

 private:
  std::shared_ptr<mux::Link> find(request::PrincipalId) const;
  void ended(std::string session, std::string_view by);

  db::Store& store_;
  const base::Clock& clock_;
  const base::Random::Key dice_;
  const std::string scheme_;
  const std::function<void(request::PrincipalId, bool)> said_;
  std::atomic<std::uint64_t> records_ = 1ULL << 60;  // random streams apart from the requests, which share the key
  Serve serve_;
  mutable std::mutex mutex_;
  std::uint64_t next_ = 1;
  std::map<std::uint64_t, std::pair<request::PrincipalId, std::shared_ptr<mux::Link>>> links_;
};

std::shared_ptr<mux::Link> LinksOfProcess::find(request::PrincipalId node) const {
  const std::lock_guard lock{mutex_};
  for (const auto& [number, link] : links_)
    if (link.first == node && link.second && link.second->alive()) return link.second;
  return nullptr;
}

void LinksOfProcess::attach(request::PrincipalId node, const request::Caller& caller,
                            std::shared_ptr<http::WebSocket> socket, std::function<void()> closed) {
  std::uint64_t number = 0;
  {
    const std::lock_guard lock{mutex_};
    number = next_++;
    links_.emplace(number, std::pair{node, std::shared_ptr<mux::Link>{}});
  }
  auto link = mux::attach(std::move(socket), false,
                          {.opened =
                               [this, caller](std::string what, std::shared_ptr<mux::Stream> stream) {
                                 if (what != mux::request_stream)
                                   return stream->reset("a node opens requests, nothing else");
                                 mux::serve_request(
                                     std::move(stream), "link:" + caller.principal.text(),
                                     [this, caller](http::Request request, std::shared_ptr<http::Responder> responder) {
                                       serve_(caller, std::move(request), std::move(responder));
                                     });
                               },
                           .closed =
                               [this, number, node, closed = std::move(closed)](std::string) {
                                 std::shared_ptr<mux::Link> last;  // ends outside the lock
                                 {
                                   const std::lock_guard lock{mutex_};
                                   if (const auto found = links_.find(number); found != links_.end()) {
                                     last = std::move(found->second.second);
                                     links_.erase(found);
                                   }
                                 }
                                 if (!linked(node)) said_(node, false);
                                 closed();
                               }});
  {
    const std::lock_guard lock{mutex_};
    if (const auto found = links_.find(number); found != links_.end()) found->second.second = std::move(link);
  }
  said_(node, true);
}

bool LinksOfProcess::relay(const request::Relay& what, const http::Request& request,
                           std::shared_ptr<http::Responder> responder,
                           std::shared_ptr<std::function<void(std::string_view)>> cut, std::function<void()> closed) {
  const auto link = find(what.node);
  if (!link) return false;
  const auto stream = link->open(what.what);
  if (!stream) return false;
  const auto relay =
      std::make_shared<Relay>(stream, [this, session = what.session, closed = std::move(closed)](std::string_view by) {
        ended(session, by);
        closed();
      });
  *cut = [relay](std::string_view reason) { relay->cut(reason); };
  if (request.websocket) {
    responder->upgrade(request::chosen_subprotocol(request, scheme_),
                       [relay](const std::shared_ptr<http::WebSocket>& reader) { relay->join(reader); });
  } else {
    relay->join(responder->stream(200, {{"Content-Type", what.content_type}, {"Cache-Control", "no-store"}}));
  }
  return true;
}

base::Result<request::Caller> LinksOfProcess::use(db::Tx& tx, const request::Env& env, std::string_view ticket,
                                                  std::string_view target) {
  const auto id = SessionId::parse(target);
  if (!id) return base::Error{base::unauthenticated};
  const auto row = store::use_ticket(tx, *id, crypto::hex(crypto::sha256(ticket)), env.now);
  if (!row) return base::Error{base::unauthenticated, "the ticket was used, is too old, or belongs to another session"};
  logbook::append(tx, env,
                  {.path = row->path,
                   .principal = row->session.principal,
                   .home = row->organization,
                   .action = std::string{session_open.name},
                   .resource = row->session.resource,
                   .detail = R"({"session":")" + row->session.id.text() + R"("})"});
  return request::Caller{
      .principal = row->session.principal, .home = row->organization, .credential_id = row->credential};
}

void LinksOfProcess::ended(std::string session, std::string_view by) {
  if (session.empty()) return;
  const auto id = SessionId::parse(session);
  CHECK(id.has_value());
  store_.change(
      [this, id = *id, by = std::string{by}, number = ++records_](db::Tx& tx) -> base::Result<void> {
        base::Random random{dice_, number, 0};
        const request::Env env{clock_.now(), random};
        if (!store::end(tx, id, env.now, by)) return {};
        const auto row = store::find(tx, id);
        logbook::append(tx, env,
                        {.path = row->path,
                         .principal = row->session.principal,
                         .home = row->organization,
                         .action = "access.session.end",
                         .resource = row->session.resource,
                         .detail = R"({"session":")" + id.text() + R"(","by":")" + by + R"("})"});
        return {};
      },
      [](base::Result<void>) {});
}

void LinksOfProcess::close_all(std::string_view reason) {
  std::vector<std::shared_ptr<mux::Link>> all;
  {
    const std::lock_guard lock{mutex_};
    for (const auto& [number, link] : links_)
      if (link.second) all.push_back(link.second);
  }
  for (const auto& link : all) link->close(reason);
}

}  // namespace

std::unique_ptr<Links> make_links(db::Store& store, const base::Clock& clock, base::Random::Key dice,
                                  std::string scheme, std::function<void(request::PrincipalId, bool)> said) {
  return std::make_unique<LinksOfProcess>(store, clock, dice, std::move(scheme), std::move(said));
}

}  // namespace entrance

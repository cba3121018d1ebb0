// NodeLink: a node proves its key. It asked for a challenge, signed it, and shows node, challenge and signature as the
// subprotocol of its link: `WORD.node.NODE.CHALLENGE.SIGNATURE`, the signature Ed25519 over "WORD node link " +
// challenge.
#pragma once

#include <string>

#include "platform/iam/iam.hpp"

namespace iam {

class NodeLink final : public request::OneUse {
 public:
  explicit NodeLink(std::string_view word)
      : scheme_(std::string{word} + ".node"), spoken_(std::string{word} + " node link ") {}
  std::string_view scheme() const override { return scheme_; }
  /// The challenge is used up by the signature that fits it.
  base::Result<request::Caller> use(db::Tx&, const request::Env&, std::string_view credential,
                                    std::string_view target) override;

 private:
  const std::string scheme_;
  const std::string spoken_;
};

}  // namespace iam

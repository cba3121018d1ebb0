// How a job's types are erased, as routes.hpp does for routes.
#pragma once

#include "platform/jobs/job_scope.hpp"

namespace request {

class JobTable final {
 public:
  template <const Permission& P, class Due, class Commit>
  static jobs::Job repeated(std::string_view module, std::chrono::milliseconds period, Due due, Commit commit) {
    using Input = typename CallOf<Nth<Commit, 1>>::Input;
    jobs::Job job = start<P, Input>(module);
    job.period = period;
    job.due = [due](db::Snapshot& snapshot, const Env& env) {
      std::vector<jobs::Job::Item> items;
      for (auto& each : due(snapshot, env)) items.push_back(item<Input>(std::move(each)));
      return items;
    };
    job.commit = committer<P, Input>(std::move(commit));
    return job;
  }

  template <const Permission& P, class Commit>
  static jobs::Job task(std::string_view module, Commit commit) {
    using Input = typename CallOf<Nth<Commit, 1>>::Input;
    jobs::Job job = start<P, Input>(module);
    job.decode = decoder<Input>();
    job.commit = committer<P, Input>(std::move(commit));
    return job;
  }

  template <const Permission& P, class Prepare, class Commit>
  static jobs::Job prepared_task(std::string_view module, Prepare prepare, Commit commit) {
    using Input = typename CallOf<Nth<Commit, 1>>::Input;
    using Prepared = typename Signature<Prepare>::Out::value_type;
    jobs::Job job = start<P, Input>(module);
    job.decode = decoder<Input>();
    job.prepare = [prepare](const db::Reader& reader, const Authority& a, const Env& e,
                            const void* input) -> base::Result<std::shared_ptr<const void>> {
      return Lender::lend<P, Input>(
          a, e, input, [&](const Call<P, Input>& call) -> base::Result<std::shared_ptr<const void>> {
            auto prepared = prepare(reader, call);
            if (!prepared) return prepared.error();
            return std::shared_ptr<const void>(std::make_shared<const Prepared>(std::move(*prepared)));
          });
    };
    job.commit = [commit](db::Tx& tx, const Authority& a, const Env& e, const void* input, const void* prepared) {
      return Lender::lend<P, Input>(a, e, input, [&](const Call<P, Input>& call) {
        return commit(tx, call, *static_cast<const Prepared*>(prepared));
      });
    };
    return job;
  }

 private:
  template <const Permission& P, class Input>
  static jobs::Job start(std::string_view module) {
    jobs::Job job;
    job.module = module;
    job.name = std::string{P.name};
    job.permission = &P;
    return job;
  }
  template <class Input>
  static jobs::Job::Item item(Input input) {
    jobs::Job::Item item{.input = {}, .scope = jobs::scope_of(input), .resource = jobs::resource_of(input)};
    item.input = std::make_shared<const Input>(std::move(input));
    return item;
  }
  template <class Input>
  static auto decoder() {
    return [](std::string_view text) -> base::Result<jobs::Job::Item> {
      auto input = json::decode<Input>(text);
      if (!input) return input.error();
      return item<Input>(std::move(*input));
    };
  }
  template <const Permission& P, class Input, class Commit>
  static auto committer(Commit commit) {
    return [commit](db::Tx& tx, const Authority& a, const Env& e, const void* input, const void*) {
      return Lender::lend<P, Input>(a, e, input, [&](const Call<P, Input>& call) { return commit(tx, call); });
    };
  }
};

}  // namespace request

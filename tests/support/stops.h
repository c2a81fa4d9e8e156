#pragma once
// The stop codes of changes, as messages bring them and as the page takes them. Needs world.h.
#include "proof/change_stops.h"
#include "proof/stop_code.h"
#include "support/world.h"

namespace sallyport::test {

/// Of the newest message of this kind ("E22-asked", "T9") that nobody has read; empty where there is none.
/// Reads every mail, or every text, that waits.
inline std::string stop_code_of(World& w, std::string_view message)
{
    const auto channel = message.starts_with('T') ? store::OutboxChannel::text : store::OutboxChannel::mail;
    const auto claimed = w.transact([&](db::Tx& tx) {
        return store::claim_mail(tx, w.keys.keys, 100, std::chrono::days{400}, w.clock.now(), channel);
    });
    std::string code;
    for (const auto& one : claimed)
        if (one.mail.mail == message) code = parameter(one.mail, "stop");
    return code;
}

/// nullopt: there is no such code. `beside`: what is shown with it. `taken`: CodeStop's.
inline std::optional<policy::changes::StopAnswer>
stop_by_code(World& w, const std::string& typed, policy::Methods beside = {}, bool* taken = nullptr)
{
    using policy::changes::StopAnswer;
    return w.transact([&](db::Tx& tx) -> std::optional<StopAnswer> {
        const Instant now = w.clock.now();
        const auto plain = proof::typed_stop_code(typed);
        if (!plain) return std::nullopt;
        const auto code = store::find_change_code(tx, w.keys.keys, *plain, now);
        if (!code) return std::nullopt;
        auto set = store::CredentialSet::load(tx, w.keys.keys, code->account);
        const auto done = proof::stop_by_code(tx, w.world, set, *code, beside, stranger(), now);
        if (taken != nullptr) *taken = done.taken;
        if (done.answer == StopAnswer::stopped || done.answer == StopAnswer::undone)
            set.save(tx, w.keys.keys, now);
        return done.answer;
    });
}

}  // namespace sallyport::test

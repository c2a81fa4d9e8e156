#pragma once
// A7 and A8: codes by mail and text message as second factors. A number is the account's when the code that
// went there was typed; replacing one waits, and the old number hears of it and of everything else for 30
// days; removing one only strengthens, and happens at once.
#include "base/phone_number.h"
#include "policy/changes.h"
#include "policy/phones.h"
#include "proof/change_stops.h"
#include "proof/holder.h"
#include "proof/sent_codes.h"
#include "store/accounts.h"
#include "store/credentials.h"

#include <optional>
#include <string>
#include <vector>

namespace sallyport::codes {

using policy::changes::AskAnswer;
using policy::phones::Answer;

struct ShownPhone {
    store::Phone phone;
    std::optional<proof::WaitingChange> leaving;  // another number takes its place
};
struct Shown {
    std::vector<ShownPhone> phones;
    Answer may_add = Answer::method_not_taken;
    std::optional<Instant> mail_codes_since;
    Answer may_start_mail_codes = Answer::method_not_taken;
};
/// `needs_step_up` is what a page may go on with.
Task<Shown> show(proof::World& world, proof::Holder holder);

/// A number that was typed, before the step-up.
enum class Number : std::uint8_t { good, no_number, premium, landline, unreachable, not_served, wait, busy };
struct NumberFound {
    Number number = Number::no_number;
    Answer may = Answer::method_not_taken;
    std::string e164;
    Instant next_at{};
    std::optional<store::Phone> replaced;
};
/// `replaced`: the phone whose place it takes; nullopt adds one.
Task<NumberFound> look_at_number(proof::World& world, proof::Holder holder, std::string typed,
                                 std::string region, std::optional<ChannelId> replaced);

// --- in the transaction of a step-up, which the first two only prepare

/// Opens a set-up of 15 min for this session: the code is sent next. Of a change the law of changes is asked,
/// too: `change` is its answer.
struct Begun {
    Answer may = Answer::needs_step_up;
    AskAnswer change = AskAnswer::at_once;
};
Begun begin_phone(db::Tx& tx, const proof::World& world, const proof::Holder& holder,
                  const store::CredentialSet& credentials, const std::string& e164,
                  const std::optional<ChannelId>& replaced, Instant now);
AskAnswer remove_phone(db::Tx& tx, const proof::World& world, const proof::Holder& holder,
                       const store::Account& account, store::CredentialSet& credentials, const ChannelId& id,
                       Instant now);
Answer start_mail_codes(db::Tx& tx, const proof::World& world, const proof::Holder& holder,
                        const store::Account& account, store::CredentialSet& credentials, Instant now);
AskAnswer stop_mail_codes(db::Tx& tx, const proof::World& world, const proof::Holder& holder,
                          const store::Account& account, store::CredentialSet& credentials, Instant now);

// --- the set-up that a step-up opened

struct OpenSetUp {
    std::string e164;
    bool replaces = false;
    policy::phones::Reach reach = policy::phones::Reach::text;
    std::optional<proof::OpenCode> code;  // nullopt: none was sent, or it is too old
};
Task<std::optional<OpenSetUp>> find_set_up(proof::World& world, proof::Holder holder);
/// The first code and every new one; `wait` where there is no set-up. `call`: where the number takes calls.
Task<proof::SendOutcome> send_number_code(proof::World& world, proof::Holder holder, bool call = false);

enum class Proven : std::uint8_t { added, change_waits, wrong, malformed, code_over, over };
struct ProvenOutcome {
    Proven answer = Proven::over;
    std::int64_t tries_left = 0;
};
Task<ProvenOutcome> prove_number(proof::World& world, proof::Holder holder, std::string typed);

}  // namespace sallyport::codes

#pragma once
// A new authenticator app, one more or on a new phone: step-up, the key, its newest code, and on the next
// page the end of the backup key, typed from where it was saved. Only then it is in force. After a move the
// app of the old phone goes on beside it until the new one is old enough (remove_app.h), so there is a move
// only while one is set up.
#include "policy/factors.h"
#include "slices/factors/app_set_up.h"
#include "store/credentials.h"

#include <optional>
#include <string>

namespace sallyport::factors {

/// Characters of the backup key that are typed: its last two groups of four.
inline constexpr std::size_t key_proof_characters = 8;

enum class Change : std::uint8_t { add, move };

/// May this session do it once it has stepped up? Before the step-up any app may be the one that approves.
policy::factors::AddVerdict judge_app(db::Tx& tx, const proof::World& world, const proof::Holder& holder,
                                      Change change, const store::CredentialSet& credentials, Instant now);
Task<policy::factors::AddVerdict> may_change_app(proof::World& world, proof::Holder holder, Change change);

/// The deed of the step-up, in its transaction: the key begins to be shown. `credentials` were loaded in
/// `tx`, after the proof was spent: the app that approved is the one used at `now`.
policy::factors::AddVerdict begin_app(db::Tx& tx, const proof::World& world, const proof::Holder& holder,
                                      Change change, const store::CredentialSet& credentials,
                                      const Secret& key, Instant now);

/// For the pages. nullopt: nothing is under way in this session.
struct OpenAppSetUp {
    AppSetUp set_up;
    std::string address;  // of the account: the app shows it beside the brand
};
Task<std::optional<OpenAppSetUp>> find_app(proof::World& world, proof::Holder holder);

enum class CodeProven : std::uint8_t {
    proven,     // go on to the backup
    malformed,  // not six digits
    wrong,  // `drift`: the code is right for another time, and by how much the phone is ahead (below zero:
            // late)
    over,
};
struct CodeOutcome {
    CodeProven answer = CodeProven::over;
    std::optional<Duration> drift;
};
/// `typed` as the person wrote it. Nothing is guessed here: whoever asks has seen the key.
Task<CodeOutcome> prove_app_code(proof::World& world, proof::Holder holder, std::string typed);

enum class Finished : std::uint8_t {
    in_force,
    wrong,    // not how the saved text ends
    not_now,  // the step before is missing
    refused,  // `verdict` says why: things have changed meanwhile
    over,
};
struct FinishOutcome {
    Finished answer = Finished::over;
    policy::factors::AddVerdict verdict = policy::factors::AddVerdict::allowed;
    bool moving = false;
};
/// The app is in force, other sessions end, E23 and the history tell it. After a move the old app is on its
/// way out, which E24 tells, with what stops it.
Task<FinishOutcome> finish_app(proof::World& world, proof::Holder holder, std::string typed);

/// "Cancel": nothing was changed.
Task<void> cancel_app(proof::World& world, proof::Holder holder);

}  // namespace sallyport::factors

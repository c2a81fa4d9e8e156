#include "slices/sign_up/create_account.h"

#include "base/text.h"
#include "policy/factors.h"
#include "policy/passkeys.h"
#include "proof/effects.h"
#include "proof/reminders.h"
#include "slices/sign_up/progress.h"
#include "store/accounts.h"

#include <algorithm>

namespace sallyport::sign_up {

namespace {

namespace rules = policy::sign_up;

/// As crypto/recovery_code reads them: O is 0, I and L are 1.
std::string comparable(std::string_view typed)
{
    auto text = typed_letters_and_digits(typed);
    if (!text) return {};
    for (char& c : *text) {
        if (c == 'O') c = '0';
        if (c == 'I' || c == 'L') c = '1';
    }
    return std::move(*text);
}

bool is_last_part(const Secret& printed, std::string_view typed)
{
    std::string code = comparable(printed.reveal_text());
    std::string part = comparable(typed);
    bool right = part.size() >= proof_characters && part.size() <= code.size();
    if (right)
        right = equal_constant_time(as_bytes(part),
                                    as_bytes(std::string_view(code).substr(code.size() - part.size())));
    wipe_text(code);
    wipe_text(part);
    return right;
}

/// Ids and tokens of what is made: from outside, because the work may run again.
struct Made {
    proof::SessionTokens tokens;
    FactorId password;
    FactorId app;
    std::vector<FactorId> codes;
};

Made make(proof::World& world, Instant now)
{
    Made made{proof::make_session_tokens(world.random),
              world.random.id<FactorId>(now),
              world.random.id<FactorId>(now),
              {}};
    for (std::int64_t i = 0; i < policy::factors::Limits{}.codes_a_kit; ++i)
        made.codes.push_back(world.random.id<FactorId>(now));
    return made;
}

store::CredentialSet credentials_of(const proof::World& world, const Progress& progress, const Made& made,
                                    Instant now)
{
    auto set = store::CredentialSet::for_new(progress.account, progress.email, now);
    set.add_channel({world.random.id<ChannelId>(now), store::ChannelRole::primary, progress.email, now});
    if (progress.passkey)
        set.add_passkey(*progress.passkey);
    else
        set.set_password(made.password, *progress.password, now);
    if (progress.stage != rules::Stage::backup) return set;  // went on without an app
    if (!progress.passkey)
        set.add_totp_app(world.keys, made.app, progress.app_key, progress.app_step, progress.app_drift, now);
    set.set_kit(progress.backup->kit, made.codes, progress.backup->hashes, now);
    return set;
}

/// What was proven on the way.
policy::Methods methods_of(const Progress& progress)
{
    if (progress.passkey)
        return {
            policy::passkeys::method_of(progress.passkey->user_verified, progress.passkey->backup_eligible)};
    policy::Methods methods{policy::Method::password};
    if (progress.stage == rules::Stage::backup) methods.add(policy::Method::totp);
    return methods;
}

/// The account and all that follows. What becomes of the browser's cookie.
policy::sessions::BrowserToken create(db::Tx& tx, const proof::World& world, const proof::Asker& asker,
                                      const Progress& progress, const Made& made, Instant now)
{
    auto credentials = credentials_of(world, progress, made, now);
    const store::Account account{progress.account, asker.language, {progress.words, {}, now}, now};
    store::note_hash_parameters(tx, world.hash_parameters);
    store::create_account(tx, world.keys, account, progress.email, credentials);
    if (credentials.kit()) proof::await_old_kit(tx, account.id, now);
    store::end_sign_ups(tx, progress.email);
    proof::note(tx, world, account.id, "signed_up", asker, now);
    proof::tell(tx, world, policy::notices::Kind::welcome, account, credentials, {}, now);
    const policy::Methods methods = methods_of(progress);
    const auto level = policy::level_of(methods, !world.second_factor_mandatory);
    return proof::open_session(tx, world, asker, account, credentials, methods, level, made.tokens, false,
                               now)
        .browser;
}

/// What the row says before it is created from: `created` means that this event may create it.
CreateOutcome look(const std::optional<Found>& own, const proof::World& world, rules::Event event,
                   Instant now)
{
    CreateOutcome outcome;
    if (!own) return outcome;
    outcome.stage = own->progress.stage;
    const auto step = rules::step(facts_of(*own, world), event, now, limits);
    switch (step.answer) {
    case rules::Answer::moved:
        outcome.answer = step.create_account ? Created::created : Created::not_now;
        break;
    case rules::Answer::not_now:
    case rules::Answer::other_browser:
        outcome.answer = Created::not_now;
        break;  // of an address that is not proven yet
    case rules::Answer::expired: outcome.answer = Created::over; break;
    }
    return outcome;
}

struct Settled {
    Created answer = Created::over;
    rules::Stage stage = rules::Stage::address;
    std::int64_t asked = 0;
    policy::sessions::BrowserToken browser = policy::sessions::BrowserToken::none;
};

Settled settle(db::Tx& tx, const proof::World& world, const proof::Asker& asker,
               const store::TokenHash& secret, rules::Event event, const std::string& typed, const Made& made)
{
    const Instant now = world.clock.now();
    const auto own = find(tx, world, secret, now);
    const CreateOutcome seen = look(own, world, event, now);
    Settled settled{seen.answer, seen.stage, 0, {}};
    if (settled.answer != Created::created) return settled;
    const Progress& progress = own->progress;
    if (event == rules::Event::backup_proven) {
        settled.asked = progress.backup->asked;
        settled.answer = settled.asked == 0 ? Created::not_asked : Created::wrong;
        if (settled.asked == 0) return settled;
        if (!is_last_part(progress.backup->printed[static_cast<std::size_t>(settled.asked - 1)], typed))
            return settled;
    }
    if (store::find_account(tx, own->row.email_key)) {
        store::take_sign_up(tx, secret);
        settled.answer = Created::has_account;
        return settled;
    }
    // Somebody else has this credential meanwhile: no account stands on another's key.
    if (progress.passkey && store::find_passkey_account(tx, progress.passkey->credential_id)) {
        store::take_sign_up(tx, secret);
        settled.answer = Created::over;
        return settled;
    }
    settled.browser = create(tx, world, asker, progress, made, now);
    settled.answer = Created::created;
    return settled;
}

Task<CreateOutcome> finish(proof::World& world, proof::Asker asker, store::TokenHash secret,
                           rules::Event event, std::string typed)
{
    Made made = make(world, world.clock.now());
    auto work = [&world, &asker, secret, event, &typed, &made](db::Tx& tx) {
        return settle(tx, world, asker, secret, event, typed, made);
    };
    CreateOutcome outcome;
    try {
        const auto settled = co_await world.database.transact(std::move(work));
        outcome.answer = settled.answer;
        outcome.stage = settled.stage;
        outcome.asked = settled.asked;
        outcome.browser = settled.browser;
    } catch (const db::ConstraintViolation&) {
        outcome.answer =
            Created::has_account;  // another browser finished with this address in the same moment
    }
    wipe_text(typed);
    if (outcome.answer != Created::created) co_return outcome;
    world.mail_is_waiting();
    outcome.session.emplace(std::move(made.tokens));
    co_return outcome;
}

}  // namespace

Task<CreateOutcome> ask_for_proof(proof::World& world, store::TokenHash secret)
{
    const std::uint32_t drawn =
        world.random.below(static_cast<std::uint32_t>(policy::factors::Limits{}.codes_a_kit));
    auto work = [&world, secret, drawn](db::Tx& tx) {
        const Instant now = world.clock.now();
        auto own = find(tx, world, secret, now);
        const CreateOutcome seen = look(own, world, rules::Event::backup_proven, now);
        Settled settled{seen.answer, seen.stage, 0, {}};
        if (settled.answer != Created::created) return settled;
        own->progress.backup->asked = settled.asked = drawn + 1;
        save(tx, world, *own, true);
        settled.answer = Created::ask;
        return settled;
    };
    const auto settled = co_await world.database.transact(std::move(work));
    CreateOutcome outcome;
    outcome.answer = settled.answer;
    outcome.stage = settled.stage;
    outcome.asked = settled.asked;
    co_return outcome;
}

Task<CreateOutcome> prove_backup(proof::World& world, proof::Asker asker, store::TokenHash secret,
                                 std::string typed)
{
    co_return co_await finish(world, std::move(asker), secret, rules::Event::backup_proven, std::move(typed));
}

Task<CreateOutcome> skip_app(proof::World& world, proof::Asker asker, store::TokenHash secret)
{
    std::string nothing;
    co_return co_await finish(world, std::move(asker), secret, rules::Event::app_skipped, std::move(nothing));
}

}  // namespace sallyport::sign_up

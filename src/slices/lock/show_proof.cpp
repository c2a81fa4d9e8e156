#include "slices/lock/show_proof.h"

#include "base/text.h"
#include "proof/cases.h"
#include "proof/codes.h"
#include "proof/effects.h"
#include "proof/open_session.h"
#include "proof/passwords.h"
#include "proof/tries.h"
#include "store/accounts.h"
#include "store/budgets.h"
#include "store/sealed_rows.h"

#include <algorithm>

namespace sallyport::lock {

namespace {

namespace challenge = policy::challenge;
using policy::Method;

constexpr std::string_view passkey_purpose = "unlock";
constexpr Duration day = std::chrono::hours{24};

/// What is known before anything is charged or compared; the same statements for every row.
struct Ground {
    std::optional<Unlocking> row;
    std::optional<store::StoredHash> password;
    std::optional<store::Kit> kit;
    std::optional<crypto::HashParameters> dearest;
    proof::Attempt attempt;
};

Ground read_ground(db::Tx& tx, const proof::World& world, const proof::Asker& asker,
                   const store::TokenHash& secret)
{
    const Instant now = world.clock.now();
    Ground ground;
    ground.row = find(tx, world, secret, now);
    if (!ground.row) return ground;
    if (ground.row->known) {
        const auto credentials = store::CredentialSet::load(tx, world.keys, ground.row->account);
        ground.password = credentials.password();
        ground.kit = credentials.kit();
    } else {
        store::CredentialSet::load_nothing(tx, ground.row->account);
    }
    ground.attempt.owner_key = ground.row->email.key();
    ground.attempt.account_exists = ground.row->known;
    ground.attempt.known_browser = proof::knows_browser(tx, world, asker, ground.row->account, now);
    if (ground.row->has_pass) ground.attempt.pass = secret;
    ground.dearest = store::dearest_hash_parameters(tx);
    return ground;
}

StepOutcome outcome_of(Step answer)
{
    StepOutcome outcome;
    outcome.answer = answer;
    return outcome;
}

/// One more thing was right: it stands in the row, and policy says what follows.
StepOutcome take(db::Tx& tx, const proof::World& world, const proof::Asker& asker,
                 const store::TokenHash& secret, Unlocking& row, store::CredentialSet& credentials,
                 Instant now)
{
    save(tx, world, secret, row);
    StepOutcome outcome = outcome_of(Step::taken);
    const auto shown = shown_of(tx, world, credentials, row);
    outcome.asked = proof::ask_unlock(tx, world, credentials, shown, asker, now);
    return outcome;
}

void add(Unlocking& row, Factor factor)
{
    if (std::ranges::find(row.factors, factor) == row.factors.end()) row.factors.push_back(factor);
}

// --- the mailed code

/// Whoever reads the mailbox gets a few tries of their own, as by a mailed pass and from the same count of a
/// day: so no stranger's guesses keep the owner out.
Task<bool> open_pass(proof::World& world, std::string owner_key)
{
    const store::BudgetKey key{store::BudgetKind::passes_opened, world.keys.index.of("tries", owner_key)};
    const auto opened = co_await store::charge_in_window(world.database, key, world.throttle.passes_a_day_max,
                                                         day, world.clock.now());
    co_return opened.has_value();
}

bool is_code(const Unlocking& row, std::string_view digits)
{
    return equal_constant_time(as_bytes(digits), as_bytes(row.code));
}

Task<StepOutcome> show_mail(proof::World& world, proof::Asker asker, store::TokenHash secret, Unlocking row,
                            std::string typed)
{
    const auto digits = typed_digits(typed);
    wipe_text(typed);
    const auto may = challenge::may_try({row.challenge, true, true, true}, world.clock.now(), code_limits);
    if (may != challenge::Answer::right) co_return outcome_of(Step::spent);
    if (!digits || digits->size() != static_cast<std::size_t>(code_limits.digits))
        co_return outcome_of(Step::wrong);
    const bool charged = co_await store::charge_mailed_code(world.database, secret, std::string(row_purpose),
                                                            code_limits.tries_max);
    if (!charged) co_return outcome_of(Step::spent);
    if (!is_code(row, *digits)) co_return outcome_of(Step::wrong);
    const bool has_pass = co_await open_pass(world, row.email.key());
    auto work = [&world, asker, secret, digits, has_pass](db::Tx& tx) {
        const Instant now = world.clock.now();
        auto found = find(tx, world, secret, now);
        if (!found) return outcome_of(Step::over);
        if (!found->known || !is_code(*found, *digits)) return outcome_of(Step::wrong);
        found->mailed = true;
        found->has_pass = has_pass;
        found->code.front() = '-';  // one use
        auto credentials = store::CredentialSet::load(tx, world.keys, found->account);
        return take(tx, world, asker, secret, *found, credentials, now);
    };
    co_return co_await world.database.transact(std::move(work));
}

// --- what is guessed at

struct Compared {
    Proof proof;
    std::string code;  // of the app
    bool password_right = false;
    std::optional<FactorId> recovery_code;
    proof::Charge charge;
};

StepOutcome open_kit_road(db::Tx& tx, const proof::World& world, const proof::Asker& asker,
                          const store::TokenHash& secret, Unlocking& row, store::CredentialSet& credentials,
                          const FactorId& code, Instant now)
{
    const auto kit = credentials.kit();
    if (!kit || std::ranges::find(kit->codes, code, &store::RecoveryCode::id) == kit->codes.end())
        return outcome_of(Step::wrong);  // a parallel request has used it
    // Where a case is open already its clock stays, and the code is not needed.
    if (!proof::open_case(credentials, now)) credentials.spend_recovery_code(code);
    const auto open = proof::begin_case(tx, world, credentials, asker, now);
    credentials.save(tx, world.keys, now);
    row.case_until = open.state.enter_at;
    save(tx, world, secret, row);
    StepOutcome outcome = outcome_of(Step::kit_road);
    outcome.until = open.state.enter_at;
    return outcome;
}

StepOutcome settle(db::Tx& tx, const proof::World& world, const proof::Asker& asker,
                   const store::TokenHash& secret, const Compared& compared)
{
    const Instant now = world.clock.now();
    auto row = find(tx, world, secret, now);
    if (!row) return outcome_of(Step::over);
    if (!row->known) return outcome_of(Step::wrong);
    auto credentials = store::CredentialSet::load(tx, world.keys, row->account);
    switch (compared.proof) {
    case Proof::app: {
        const auto checked = proof::check_totp(tx, world, credentials, compared.code, now);
        if (checked.answer != policy::factors::CodeAnswer::accepted) return outcome_of(Step::wrong);
        add(*row, {Method::totp, *checked.app});
        break;
    }
    case Proof::password:
        if (!compared.password_right) return outcome_of(Step::wrong);
        add(*row, {Method::password, FactorId(Uuid{})});
        break;
    case Proof::kit:
        if (!compared.recovery_code) return outcome_of(Step::wrong);
        proof::not_a_failure(tx, compared.charge, now);
        return open_kit_road(tx, world, asker, secret, *row, credentials, *compared.recovery_code, now);
    case Proof::mail: return outcome_of(Step::wrong);
    }
    proof::not_a_failure(tx, compared.charge, now);
    return take(tx, world, asker, secret, *row, credentials, now);
}

/// One slow hash, whoever is asked for; the seconds to wait where the pool is full.
Task<std::optional<std::int64_t>> compare(proof::World& world, Ground ground, Secret typed,
                                          Compared& compared)
{
    if (compared.proof == Proof::password) {
        const auto answer =
            co_await proof::check_password(world, std::move(typed), ground.password, ground.dearest);
        compared.password_right = answer.outcome == crypto::PoolOutcome::match;
        if (answer.outcome == crypto::PoolOutcome::busy) co_return answer.retry_after_seconds;
        co_return std::nullopt;
    }
    std::string text(typed.reveal_text());
    if (compared.proof == Proof::kit) {
        const AccountId account = ground.row->account;
        const auto checked = co_await proof::check_recovery_code(world, account, ground.kit, std::move(text));
        compared.recovery_code = checked.code;
        co_return checked.busy_seconds;
    }
    compared.code = std::move(text);
    co_return std::nullopt;
}

}  // namespace

Task<StepOutcome> show_typed(proof::World& world, proof::Asker asker, store::TokenHash secret, Proof proof,
                             Secret typed)
{
    auto read = [&world, asker, secret](db::Tx& tx) { return read_ground(tx, world, asker, secret); };
    auto ground = co_await world.database.transact(std::move(read));
    if (!ground.row) co_return outcome_of(Step::over);
    if (proof == Proof::mail) {
        std::string digits(typed.reveal_text());
        auto mailed = co_await show_mail(world, asker, secret, std::move(*ground.row), std::move(digits));
        world.mail_is_waiting();
        co_return mailed;
    }
    if (proof == Proof::kit && !ground.row->mailed) co_return outcome_of(Step::mail_first);
    StepOutcome outcome = outcome_of(Step::wait);
    const auto admission =
        co_await proof::charge_try(world, asker, ground.attempt, policy::throttle::guess_cost);
    if (const auto* const no_try = std::get_if<proof::NoTry>(&admission)) {
        outcome.until = no_try->until;
        outcome.needs_pass = no_try->needs_pass;
        co_return outcome;
    }
    Compared compared{proof, {}, false, std::nullopt, std::get<proof::Charge>(admission)};
    const auto busy_seconds = co_await compare(world, std::move(ground), std::move(typed), compared);
    if (busy_seconds) {
        co_await proof::give_back(world, compared.charge);
        outcome.answer = Step::busy;
        outcome.busy_seconds = *busy_seconds;
        co_return outcome;
    }
    auto work = [&world, asker, secret, &compared](db::Tx& tx) {
        return settle(tx, world, asker, secret, compared);
    };
    const auto settled = co_await world.database.transact(std::move(work));
    world.mail_is_waiting();
    co_return settled;
}

Task<std::optional<PasskeyQuestion>> ask_unlock_passkey(proof::World& world, store::TokenHash secret)
{
    auto read = [&world, secret](db::Tx& tx) -> std::optional<std::vector<store::Passkey>> {
        const auto row = find(tx, world, secret, world.clock.now());
        if (!row) return std::nullopt;
        if (!row->known || !row->has_shown()) return std::vector<store::Passkey>{};
        return store::CredentialSet::load(tx, world.keys, row->account).passkeys(tx);
    };
    auto passkeys = co_await world.database.transact(std::move(read));
    if (!passkeys) co_return std::nullopt;
    co_return PasskeyQuestion{
        proof::make_passkey_challenge(world, passkey_purpose, secret, world.clock.now()),
        std::move(*passkeys)};
}

Task<StepOutcome> show_passkey(proof::World& world, proof::Asker asker, store::TokenHash secret,
                               std::string cookie, proof::PasskeyAnswer answer)
{
    auto read = [&world, secret](db::Tx& tx) { return find(tx, world, secret, world.clock.now()); };
    const auto row = co_await world.database.transact(std::move(read));
    if (!row) co_return outcome_of(Step::over);
    const bool named = row->known && row->has_shown();
    std::optional<AccountId> account;
    if (named) account = row->account;
    // By itself the passkey names its account and verifies its user; beside another proof a touch may do.
    const auto use = named ? policy::passkeys::Use::second : policy::passkeys::Use::alone;
    auto expected = proof::expected_challenge(world, cookie, passkey_purpose, secret);
    const auto checked =
        co_await proof::check_passkey(world, asker, use, std::move(expected), account, std::move(answer));
    if (!checked.proof || checked.proof->account != row->account) co_return outcome_of(Step::wrong);
    const proof::PasskeyProof proof = *checked.proof;
    auto work = [&world, asker, secret, proof](db::Tx& tx) {
        const Instant now = world.clock.now();
        auto found = find(tx, world, secret, now);
        if (!found) return outcome_of(Step::over);
        auto credentials = store::CredentialSet::load(tx, world.keys, proof.account);
        if (!found->known || !proof::use_passkey(tx, credentials, proof, asker, now))
            return outcome_of(Step::wrong);
        add(*found, {proof.method, proof.passkey});
        return take(tx, world, asker, secret, *found, credentials, now);
    };
    const auto settled = co_await world.database.transact(std::move(work));
    world.mail_is_waiting();
    co_return settled;
}

Task<std::optional<Progress>> read_progress(proof::World& world, store::TokenHash secret)
{
    auto work = [&world, secret](db::Tx& tx) -> std::optional<Progress> {
        auto row = find(tx, world, secret, world.clock.now());
        if (!row) return std::nullopt;
        Progress progress{.row = std::move(*row)};
        if (!progress.row.known || !progress.row.has_shown()) return progress;
        const auto credentials = store::CredentialSet::load(tx, world.keys, progress.row.account);
        const auto lock = credentials.lock();
        progress.locked = credentials.state() == store::AccountState::locked;
        if (progress.locked && lock) progress.unlock_at = lock->unlock_at;
        return progress;
    };
    co_return co_await world.database.transact(std::move(work));
}

}  // namespace sallyport::lock

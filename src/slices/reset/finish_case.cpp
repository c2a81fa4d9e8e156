#include "slices/reset/finish_case.h"

#include "base/text.h"
#include "crypto/totp.h"
#include "proof/cases.h"
#include "proof/changes.h"
#include "proof/codes.h"
#include "proof/effects.h"
#include "proof/lock.h"
#include "proof/passwords.h"
#include "store/accounts.h"

#include <algorithm>

namespace sallyport::reset {

namespace {

namespace roads = policy::roads;
using policy::reset::Stage;

constexpr std::size_t app_digits = 6;
constexpr Stage password_awaited = Stage::factor;
constexpr Stage app_awaited = Stage::password;

/// The row at this stage, with its account and the case that may be finished.
struct Open {
    Found row;
    store::CredentialSet credentials;
    store::RecoveryCase one;
};

std::optional<Open> open_row(db::Tx& tx, const proof::World& world, const store::TokenHash& secret,
                             Stage stage, Instant now)
{
    auto row = find(tx, world, Purpose::recover, secret, now);
    if (!row || row->progress.stage != stage) return std::nullopt;
    auto credentials = store::CredentialSet::load(tx, world.keys, row->progress.account);
    const auto facts = facts_of(*row, credentials);
    const auto one = proof::open_case(credentials, now);
    const bool may = facts.same_account && facts.state == policy::sign_in::AccountState::active && one &&
                     roads::may_finish(one->state, true, now, proof::road_limits);
    if (!may) return std::nullopt;
    return Open{std::move(*row), std::move(credentials), *one};
}

struct Ground {
    bool open = false;
    proof::PasswordOwner owner;
    std::vector<store::StoredHash> earlier;
};

Ground read_ground(db::Tx& tx, const proof::World& world, const store::TokenHash& secret)
{
    Ground ground;
    const auto open = open_row(tx, world, secret, password_awaited, world.clock.now());
    if (!open) return ground;
    ground.open = true;
    const AccountId& account = open->credentials.account();
    const std::string words = store::load_account(tx, world.keys, account).words.now;
    ground.owner = {open->row.progress.email, {}, true};  // the app follows
    if (!words.empty()) ground.owner.words.push_back(words);
    if (const auto present = open->credentials.password()) ground.earlier.push_back(*present);
    const auto old = store::old_passwords(tx, account, world.passwords.remembered);
    ground.earlier.insert(ground.earlier.end(), old.begin(), old.end());
    return ground;
}

/// The new credentials are in force, the old ones are gone.
void replace(db::Tx& tx, const proof::World& world, Open& open, const proof::EnrolmentOutcome& enrolment,
             Instant now)
{
    auto& credentials = open.credentials;
    const auto old = credentials.password();
    if (old)
        store::remember_old_password(tx, credentials.account(), world.random.id<FactorId>(now), *old, now,
                                     world.passwords.remembered);
    CHECK(roads::replaces(open.one.state.road, policy::Method::password));
    credentials.set_password(world.random.id<FactorId>(now), *open.row.progress.password, now);
    proof::keep_new_password(tx, credentials, now);
    CHECK(roads::replaces(open.one.state.road, policy::Method::totp));
    for (const store::TotpApp& app : credentials.totp_apps(tx, world.keys))
        credentials.remove_totp_app(app.id);
    credentials.add_totp_app(world.keys, world.random.id<FactorId>(now), open.row.progress.app_key,
                             enrolment.verdict.step, enrolment.verdict.drift, now);
    store::note_hash_parameters(tx, world.hash_parameters);
}

RenewOutcome settle(db::Tx& tx, const proof::World& world, const proof::Asker& asker,
                    const store::TokenHash& secret, std::string_view typed)
{
    const Instant now = world.clock.now();
    RenewOutcome outcome;
    auto open = open_row(tx, world, secret, app_awaited, now);
    if (!open) return outcome;
    const auto enrolment = proof::check_enrolment_code(open->row.progress.app_key, std::nullopt, typed, now);
    outcome.answer = Renewed::wrong;
    outcome.drift = enrolment.drift;
    if (enrolment.verdict.answer != policy::factors::CodeAnswer::accepted) return outcome;
    replace(tx, world, *open, enrolment, now);
    const Instant until = proof::finish_case(tx, world, open->credentials, open->one.id, asker, now);
    proof::open_account(tx, world, open->credentials, asker, now);
    open->credentials.save(tx, world.keys, now);
    const AccountId account = open->credentials.account();
    proof::end_by(tx, policy::sessions::Event::password_reset, account, std::nullopt, now);
    Found done{Purpose::recover, secret, {.email = open->row.progress.email, .account = account}};
    done.progress.begun = open->row.progress.begun;
    done.progress.stage = Stage::done;
    done.progress.held_until = until;
    save(tx, world, done);
    outcome.answer = Renewed::moved;
    outcome.account = account;
    return outcome;
}

}  // namespace

Task<std::optional<Finish>> find_finish(proof::World& world, store::TokenHash secret)
{
    auto work = [&world, secret](db::Tx& tx) -> std::optional<Finish> {
        const Instant now = world.clock.now();
        auto row = find(tx, world, Purpose::recover, secret, now);
        if (!row || row->progress.stage == Stage::code) return std::nullopt;
        const auto credentials = store::CredentialSet::load(tx, world.keys, row->progress.account);
        Finish finish{.row = std::move(*row), .stage = {}};
        std::optional<Instant> begun;
        for (const store::RecoveryCase& one : credentials.cases()) {
            if (begun && *begun > one.state.begun) continue;
            begun = one.state.begun;
            finish.stage = roads::stage_at(one.state, now, proof::road_limits);
            finish.enter_at = one.state.enter_at;
            finish.until = roads::finish_until(one.state, proof::road_limits);
        }
        return finish;
    };
    co_return co_await world.database.transact(std::move(work));
}

Task<RenewOutcome> choose_password(proof::World& world, store::TokenHash secret, Secret password)
{
    RenewOutcome outcome;
    auto read = [&world, secret](db::Tx& tx) { return read_ground(tx, world, secret); };
    auto ground = co_await world.database.transact(std::move(read));
    if (!ground.open) co_return outcome;
    Secret compared = password.duplicate();
    const auto judged = co_await proof::judge_new(world, std::move(compared), std::move(ground.owner),
                                                  std::move(ground.earlier));
    outcome.refusal = judged.refusal;
    outcome.busy_seconds = judged.busy_seconds.value_or(0);
    outcome.answer = judged.refusal ? Renewed::refused : Renewed::busy;
    if (judged.refusal || judged.busy_seconds) co_return outcome;
    const auto hashed = co_await proof::hash_password(world, std::move(password));
    outcome.busy_seconds = hashed.busy_seconds;
    if (!hashed.hash) co_return outcome;
    const Secret app_key = crypto::new_totp_secret(world.random);
    auto work = [&world, secret, hash = *hashed.hash, &app_key](db::Tx& tx) {
        auto open = open_row(tx, world, secret, password_awaited, world.clock.now());
        if (!open) return Renewed::not_now;
        open->row.progress.stage = app_awaited;
        open->row.progress.password = hash;
        open->row.progress.app_key = app_key.duplicate();
        save(tx, world, open->row);
        return Renewed::moved;
    };
    const auto kept = co_await world.database.transact(std::move(work));
    outcome.answer = kept;
    co_return outcome;
}

Task<RenewOutcome> prove_new_app(proof::World& world, proof::Asker asker, store::TokenHash secret,
                                 std::string typed)
{
    RenewOutcome outcome;
    const auto digits = typed_digits(typed);
    outcome.answer = Renewed::malformed;
    if (!digits || digits->size() != app_digits) co_return outcome;
    auto work = [&world, asker, secret, digits](db::Tx& tx) {
        return settle(tx, world, asker, secret, *digits);
    };
    const auto settled = co_await world.database.transact(std::move(work));
    if (settled.answer == Renewed::moved) world.mail_is_waiting();
    co_return settled;
}

}  // namespace sallyport::reset

#include "access/step_up_row.h"

#include "policy/sign_in.h"
#include "proof/codes.h"
#include "proof/effects.h"
#include "proof/open_session.h"
#include "proof/passwords.h"
#include "store/sealed_rows.h"

#include <algorithm>

namespace sallyport::access {

namespace {

namespace step_up = policy::step_up;

/// How long what was typed can be sent again; what is proven and shown is over after World.step_up.life.
constexpr Duration typed_life = std::chrono::hours{1};
static_assert(typed_life >= step_up::Ranges{}.life.most);

/// Facts read before the try is charged.
struct Ground {
    bool alive = false;
    Offers offers;
    Bytes bound_to;
    std::optional<proof::CodePlace> code_place;
    std::optional<store::Kit> kit;
    std::optional<store::StoredHash> password;
    std::optional<crypto::HashParameters> dearest;
    proof::Attempt attempt;
};

/// `code`: which code was typed. `purpose` nullopt: the password, which opens nothing yet.
Ground read_ground(db::Tx& tx, const proof::World& world, const SignedIn& who, const StepUpId& id,
                   const std::optional<std::string>& purpose, const std::optional<policy::Method>& code)
{
    const Instant now = world.clock.now();
    Ground ground;
    const auto row = live_row(tx, world, who, id, purpose, now);
    if (!row) return ground;
    const auto credentials = store::CredentialSet::load(tx, world.keys, who.session.account);
    if (credentials.state() != store::AccountState::active) return ground;
    ground.alive = true;
    ground.offers = offers_of(tx, world, who, id, *row, credentials, now);
    ground.bound_to = bound_to(*row, who, id);
    if (code) ground.code_place = code_place(*row, who, id, *code);
    ground.kit = credentials.kit();
    ground.password = credentials.password();
    ground.dearest = store::dearest_hash_parameters(tx);
    ground.attempt.owner_key = credentials.primary_address().key();
    ground.attempt.known_browser = proof::knows_browser(tx, world, who.asker, who.session.account, now);
    return ground;
}

struct Plan {
    StepUpId id;
    std::string purpose;
    std::string typed;
    bool by_password;
    bool password_right;
    std::optional<proof::PasskeyProof> passkey;
    proof::Attempt attempt;
    std::optional<proof::Charge> charge;  // a passkey costs no try
    std::optional<policy::Method> code = {};
    std::string sent_digits = {};                // of a code by mail or text, where it was right
    std::optional<FactorId> recovery_code = {};  // where one was right
};

/// A recovery code stands in for a code that cannot come any more; its owner hears of it as after a sign-in.
bool spend_recovery_code(db::Tx& tx, const proof::World& world, const SignedIn& who, const FactorId& code,
                         store::CredentialSet& credentials, Instant now)
{
    const auto kit = credentials.kit();
    const auto is_it = [&](const store::RecoveryCode& one) { return one.id == code; };
    if (!kit || std::ranges::none_of(kit->codes, is_it)) return false;  // a parallel request has used it
    credentials.spend_recovery_code(code);
    credentials.save(tx, world.keys, now);
    const auto account = store::load_account(tx, world.keys, who.session.account);
    const std::string left = std::to_string(kit->codes.size() - 1);
    auto facts = proof::facts_of(who.asker, now);
    facts.emplace_back("left", left);
    proof::tell(tx, world, policy::notices::Kind::recovery_code_used, account, credentials, facts, now);
    proof::note(tx, world, account.id, "recovery_code_used", who.asker, now, left);
    return true;
}

/// The code that follows a right password, for this very row.
ProofAnswer spend_code(db::Tx& tx, const proof::World& world, const SignedIn& who, const StepUpRow& row,
                       const Plan& plan, store::CredentialSet& credentials, Instant now,
                       policy::Methods& fresh)
{
    if (!is_password_proven(tx, world, who, plan.id, row, now)) return ProofAnswer::wrong;
    if (*plan.code == policy::Method::recovery_code) {
        if (!plan.recovery_code ||
            !spend_recovery_code(tx, world, who, *plan.recovery_code, credentials, now))
            return ProofAnswer::wrong;
    } else {
        const auto place = code_place(row, who, plan.id, *plan.code);
        if (plan.sent_digits.empty() || !proof::take_code(tx, world, place, plan.sent_digits, now))
            return ProofAnswer::wrong;
    }
    fresh.add(policy::Method::password);
    fresh.add(*plan.code);
    return ProofAnswer::done;
}

/// What the evidence proves now, spending it.
ProofAnswer spend(db::Tx& tx, const proof::World& world, const SignedIn& who, const StepUpRow& row,
                  const Plan& plan, store::CredentialSet& credentials, Instant now, policy::Methods& fresh)
{
    if (plan.passkey) {
        if (!proof::use_passkey(tx, credentials, *plan.passkey, who.asker, now)) return ProofAnswer::wrong;
        fresh.add(plan.passkey->method);
        if (is_password_proven(tx, world, who, plan.id, row, now)) fresh.add(policy::Method::password);
        return ProofAnswer::done;
    }
    if (plan.code) return spend_code(tx, world, who, row, plan, credentials, now, fresh);
    if (plan.by_password) {
        if (!plan.password_right) return ProofAnswer::wrong;
        fresh.add(policy::Method::password);
        return ProofAnswer::done;
    }
    const auto outcome = proof::check_totp(tx, world, credentials, plan.typed, now);
    if (outcome.answer == policy::factors::CodeAnswer::replayed) return ProofAnswer::replayed;
    if (outcome.answer == policy::factors::CodeAnswer::wrong) return ProofAnswer::wrong;
    fresh.add(policy::Method::totp);
    return ProofAnswer::done;
}

/// Checks the proof, spends it and does the deed, all or nothing.
ProofAnswer settle(db::Tx& tx, const proof::World& world, const SignedIn& who, const Plan& plan,
                   const std::function<void(Deed&)>& deed)
{
    const Instant now = world.clock.now();
    auto row = live_row(tx, world, who, plan.id, plan.purpose, now);
    if (!row) return ProofAnswer::over;
    auto credentials = store::CredentialSet::load(tx, world.keys, who.session.account);
    policy::Methods fresh;
    const auto proven = spend(tx, world, who, *row, plan, credentials, now, fresh);
    if (proven != ProofAnswer::done) return proven;
    auto facts = facts_of(*row, who, plan.purpose);
    facts.weak_second_held = holds_weak_second(credentials);
    const auto verdict =
        step_up::judge(facts, fresh, proof::highest_level_of(credentials), now, world.step_up);
    if (verdict == step_up::Verdict::not_enough) return ProofAnswer::wrong;
    if (verdict != step_up::Verdict::right || !store::take_step_up(tx, plan.id)) return ProofAnswer::over;
    proof::succeed(tx, world, who.asker, plan.attempt, plan.charge, now);
    const auto account = store::load_account(tx, world.keys, who.session.account);
    RecordReader payload(row->payload.reveal(), plan.purpose);
    Deed done{tx, account, credentials, payload, fresh, now};
    deed(done);
    return ProofAnswer::done;
}

}  // namespace

Task<std::string> ask(const Access& access, SignedIn who, StepUpRequest request)
{
    proof::World& world = access.world();
    const Instant now = world.clock.now();
    const auto id = world.random.id<StepUpId>(now);
    auto record = std::make_shared<Secret>(record_of(request, who.session.id, now));
    const Instant until = now + (request.restart.path.empty() ? world.step_up.life : typed_life);
    auto work = [&world, id, record, account = who.session.account, until](db::Tx& tx) {
        store::put_step_up(tx, world.keys, id, account, *record, until);
    };
    co_await world.database.transact(std::move(work));
    co_return "/account/reauth/" + id.text();
}

Task<std::optional<OpenStepUp>> find(const Access& access, SignedIn who, std::string id_text)
{
    proof::World& world = access.world();
    const auto id = StepUpId::parse(id_text);
    if (!id) co_return std::nullopt;
    auto work = [&world, who, id](db::Tx& tx) -> std::optional<OpenStepUp> {
        const Instant now = world.clock.now();
        auto row = live_row(tx, world, who, *id, std::nullopt, now);
        if (!row) return std::nullopt;
        const auto credentials = store::CredentialSet::load(tx, world.keys, who.session.account);
        auto offers = offers_of(tx, world, who, *id, *row, credentials, now);
        return OpenStepUp{*id,
                          row->purpose,
                          std::move(row->summary),
                          row->confirm_path,
                          row->back_path,
                          row->asked_at + world.step_up.life,
                          std::move(offers)};
    };
    co_return co_await world.database.transact(std::move(work));
}

Task<Restart> find_restart(const Access& access, SignedIn who, std::string id_text)
{
    proof::World& world = access.world();
    const auto id = StepUpId::parse(id_text);
    if (!id) co_return Restart{};
    auto work = [&world, who, id](db::Tx& tx) {
        const Instant now = world.clock.now();
        const auto content = store::find_step_up(tx, world.keys, *id, who.session.account, now);
        if (!content) return Restart{};
        StepUpRow row = row_of(*content);
        const auto verdict = step_up::may_prove(facts_of(row, who, std::nullopt), now, world.step_up);
        return verdict == step_up::Verdict::expired ? std::move(row.restart) : Restart{};
    };
    co_return co_await world.database.transact(std::move(work));
}

namespace {

/// The password, where that is what suffices: one slow hash. Busy seconds where the pool is full.
Task<std::optional<std::int64_t>> check_password(proof::World& world, const Ground& ground, Plan& plan)
{
    Secret password = Secret::from_text(plan.typed);
    wipe_text(plan.typed);
    const auto answer =
        co_await proof::check_password(world, std::move(password), ground.password, ground.dearest);
    if (answer.outcome == crypto::PoolOutcome::busy) {
        co_await proof::give_back(world, *plan.charge);
        co_return answer.retry_after_seconds;
    }
    plan.password_right = answer.outcome == crypto::PoolOutcome::match;
    co_return std::nullopt;
}

/// A code by mail, text or from the kit, before the transaction that spends it. What is wrong with it where
/// it opens nothing whatever was typed.
Task<std::optional<ProofOutcome>> compare_code(proof::World& world, const SignedIn& who, const Ground& ground,
                                               Plan& plan)
{
    const bool from_kit = *plan.code == policy::Method::recovery_code;
    const auto leads_there = [&](const CodeWay& way) { return way.method == *plan.code; };
    const bool offered =
        from_kit ? ground.offers.recovery_code : std::ranges::any_of(ground.offers.ways, leads_there);
    if (!offered || !ground.offers.password_proven) {
        co_await proof::give_back(world, *plan.charge);
        co_return ProofOutcome{ProofAnswer::wrong, {}, 0};
    }
    if (from_kit) {
        auto checked =
            co_await proof::check_recovery_code(world, who.session.account, ground.kit, plan.typed);
        if (checked.busy_seconds) {
            co_await proof::give_back(world, *plan.charge);
            co_return ProofOutcome{ProofAnswer::busy, {}, *checked.busy_seconds};
        }
        plan.recovery_code = checked.code;
        co_return std::nullopt;
    }
    auto tried = co_await proof::try_code(world, *ground.code_place, plan.typed);
    if (tried.answer == proof::CodeAnswer::over) {
        co_await proof::give_back(world, *plan.charge);
        co_return ProofOutcome{ProofAnswer::code_over, {}, 0};
    }
    if (tried.answer == proof::CodeAnswer::right) plan.sent_digits = std::move(tried.digits);
    co_return std::nullopt;
}

Task<ProofOutcome> finish(proof::World& world, SignedIn who, Plan plan, std::function<void(Deed&)> deed)
{
    auto work = [&world, &who, &plan, deed = std::move(deed)](db::Tx& tx) {
        return settle(tx, world, who, plan, deed);
    };
    const auto answer = co_await world.database.transact(std::move(work));
    if (answer == ProofAnswer::done) world.mail_is_waiting();
    co_return ProofOutcome{answer, {}, 0};
}

}  // namespace

Task<ProofOutcome> prove(const Access& access, SignedIn who, std::string purpose, std::string id_text,
                         GivenProof given, std::function<void(Deed&)> deed)
{
    proof::World& world = access.world();
    const auto id = StepUpId::parse(id_text);
    if (!id) co_return ProofOutcome{};
    auto read = [&world, who, id, purpose, code = given.code](db::Tx& tx) {
        return read_ground(tx, world, who, *id, purpose, code);
    };
    auto ground = co_await world.database.transact(std::move(read));
    if (!ground.alive) co_return ProofOutcome{};
    Plan plan{*id,   std::move(purpose), std::move(given.typed), ground.offers.password,
              false, std::nullopt,       ground.attempt,         std::nullopt};
    plan.code = given.code;
    if (given.passkey) {
        auto expected = proof::expected_challenge(world, given.passkey_cookie, plan.purpose, ground.bound_to);
        const auto checked = co_await proof::check_passkey(world, who.asker, policy::passkeys::Use::step_up,
                                                           std::move(expected), who.session.account,
                                                           std::move(*given.passkey));
        if (!checked.proof) co_return ProofOutcome{ProofAnswer::wrong, {}, 0};
        plan.passkey = checked.proof;
        co_return co_await finish(world, std::move(who), std::move(plan), std::move(deed));
    }
    const auto admission =
        co_await proof::charge_try(world, who.asker, ground.attempt, policy::throttle::guess_cost);
    if (const auto* const no_try = std::get_if<proof::NoTry>(&admission))
        co_return ProofOutcome{ProofAnswer::wait, no_try->until, 0, no_try->needs_pass};
    plan.charge = std::get<proof::Charge>(admission);
    if (plan.code) {
        const auto no_code = co_await compare_code(world, who, ground, plan);
        if (no_code) co_return *no_code;
    } else if (plan.by_password) {
        const auto busy = co_await check_password(world, ground, plan);
        if (busy) co_return ProofOutcome{ProofAnswer::busy, {}, *busy};
    }
    co_return co_await finish(world, std::move(who), std::move(plan), std::move(deed));
}

Task<ProofOutcome> prove_password(const Access& access, SignedIn who, std::string id_text, std::string typed)
{
    proof::World& world = access.world();
    const auto id = StepUpId::parse(id_text);
    if (!id) co_return ProofOutcome{};
    auto read = [&world, &who, id](db::Tx& tx) {
        return read_ground(tx, world, who, *id, std::nullopt, std::nullopt);
    };
    const auto ground = co_await world.database.transact(std::move(read));
    if (!ground.alive) co_return ProofOutcome{};
    if (!ground.offers.code_besides && !ground.offers.key_besides)
        co_return ProofOutcome{ProofAnswer::wrong, {}, 0};
    const auto admission =
        co_await proof::charge_try(world, who.asker, ground.attempt, policy::throttle::guess_cost);
    if (const auto* const no_try = std::get_if<proof::NoTry>(&admission))
        co_return ProofOutcome{ProofAnswer::wait, no_try->until, 0, no_try->needs_pass};
    Plan plan{*id, {}, std::move(typed), true, false, std::nullopt, ground.attempt, std::nullopt};
    plan.charge = std::get<proof::Charge>(admission);
    const auto busy = co_await check_password(world, ground, plan);
    if (busy) co_return ProofOutcome{ProofAnswer::busy, {}, *busy};
    if (!plan.password_right) co_return ProofOutcome{ProofAnswer::wrong, {}, 0};
    auto work = [&world, &who, &plan](db::Tx& tx) {
        const Instant now = world.clock.now();
        const auto row = live_row(tx, world, who, plan.id, std::nullopt, now);
        if (!row) return ProofAnswer::over;
        note_password(tx, world, who, plan.id, *row);
        proof::not_a_failure(tx, *plan.charge, now);
        return ProofAnswer::done;
    };
    const auto answer = co_await world.database.transact(std::move(work));
    co_return ProofOutcome{answer, {}, 0};
}

Task<std::optional<proof::SendOutcome>> send_step_up_code(const Access& access, SignedIn who,
                                                          std::string id_text, policy::Method method,
                                                          std::size_t target, bool call)
{
    proof::World& world = access.world();
    const auto id = StepUpId::parse(id_text);
    if (!id) co_return std::nullopt;
    struct Going {
        proof::CodePlace place;
        proof::CodeTarget target;
    };
    auto look = [&world, &who, id, method, target, call](db::Tx& tx) -> std::optional<Going> {
        const Instant now = world.clock.now();
        const auto row = live_row(tx, world, who, *id, std::nullopt, now);
        if (!row) return std::nullopt;
        const auto credentials = store::CredentialSet::load(tx, world.keys, who.session.account);
        const auto offers = offers_of(tx, world, who, *id, *row, credentials, now);
        const auto leads_there = [&](const CodeWay& way) {
            return way.method == method && way.target == target;
        };
        if (!offers.password_proven || std::ranges::none_of(offers.ways, leads_there)) return std::nullopt;
        Going going{code_place(*row, who, *id, method), {*target_of(credentials, method, target), true}};
        going.target.approves.headline = row->summary.headline;
        going.target.approves.facts = row->summary.facts;
        going.target.approves.until = row->asked_at + world.step_up.life;
        going.target.call = call;
        return going;
    };
    auto going = co_await world.database.transact(std::move(look));
    if (!going) co_return std::nullopt;
    co_return co_await proof::send_code(world, who.asker, going->place, std::move(going->target));
}

Task<std::optional<PasskeyQuestion>> ask_passkey(const Access& access, SignedIn who, std::string id_text,
                                                 bool besides)
{
    proof::World& world = access.world();
    const auto id = StepUpId::parse(id_text);
    if (!id) co_return std::nullopt;
    auto work = [&world, &who, id, besides](db::Tx& tx) -> std::optional<PasskeyQuestion> {
        const Instant now = world.clock.now();
        const auto row = live_row(tx, world, who, *id, std::nullopt, now);
        if (!row) return std::nullopt;
        const auto credentials = store::CredentialSet::load(tx, world.keys, who.session.account);
        if (besides && !is_password_proven(tx, world, who, *id, *row, now)) return std::nullopt;
        auto passkeys = credentials.passkeys(tx);
        std::erase_if(passkeys,
                      [besides](const store::Passkey& one) { return one.user_verified == besides; });
        return PasskeyQuestion{
            proof::make_passkey_challenge(world, row->purpose, bound_to(*row, who, *id), now),
            std::move(passkeys), !besides};
    };
    co_return co_await world.database.transact(std::move(work));
}

}  // namespace sallyport::access

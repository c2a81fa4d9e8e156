#include "access/step_up.h"

#include "crypto/hash.h"
#include "policy/sign_in.h"
#include "proof/codes.h"
#include "proof/open_session.h"
#include "proof/passwords.h"
#include "store/sealed_rows.h"

namespace sallyport::access {

namespace {

namespace step_up = policy::step_up;

/// How long what was typed can be sent again; what is proven and shown is over after World.step_up.life.
constexpr Duration typed_life = std::chrono::hours{1};
static_assert(typed_life >= step_up::Ranges{}.life.most);

struct Row {
    std::string purpose;
    SessionId session;
    Instant asked_at;
    Summary summary;
    Bytes summary_digest;
    std::string confirm_path;
    std::string back_path;
    Secret payload;
    Restart restart;
};

Bytes digest_of(const Summary& summary)
{
    RecordWriter writer("summary.1");
    writer.text(summary.headline).number(static_cast<std::int64_t>(summary.facts.size()));
    for (const auto& [label, value] : summary.facts) writer.text(label).text(value);
    for (const std::string& line : summary.consequences) writer.text(line);
    const auto digest = crypto::sha256(writer.take());
    return {digest.begin(), digest.end()};
}

Secret record_of(const StepUpRequest& request, const SessionId& session, Instant now)
{
    RecordWriter writer("step-up.2");
    writer.text(request.purpose).bytes(session.value()).time(now).bytes(digest_of(request.summary));
    writer.text(request.summary.headline).number(static_cast<std::int64_t>(request.summary.facts.size()));
    for (const auto& [label, value] : request.summary.facts) writer.text(label).text(value);
    writer.number(static_cast<std::int64_t>(request.summary.consequences.size()));
    for (const std::string& line : request.summary.consequences) writer.text(line);
    writer.text(request.confirm_path).text(request.back_path).bytes(request.payload.reveal());
    writer.text(request.restart.path).number(static_cast<std::int64_t>(request.restart.fields.size()));
    for (const auto& [name, value] : request.restart.fields) writer.text(name).text(value);
    return writer.take_secret();
}

Row row_of(const Secret& content)
{
    RecordReader reader(content.reveal(), "step-up.2");
    std::string purpose = reader.text();
    const auto session = SessionId::from_bytes(reader.bytes());
    CHECK(session.has_value());
    const Instant asked_at = reader.time();
    Row row{std::move(purpose), *session, asked_at, {}, reader.bytes(), {}, {}, {}, {}};
    row.summary.headline = reader.text();
    for (std::int64_t left = reader.number(); left > 0; --left) {
        std::string label = reader.text();
        row.summary.facts.emplace_back(std::move(label), reader.text());
    }
    for (std::int64_t left = reader.number(); left > 0; --left)
        row.summary.consequences.push_back(reader.text());
    row.confirm_path = reader.text();
    row.back_path = reader.text();
    row.payload = reader.secret();
    row.restart.path = reader.text();
    for (std::int64_t left = reader.number(); left > 0; --left) {
        std::string name = reader.text();
        row.restart.fields.emplace_back(std::move(name), reader.text());
    }
    reader.end();
    return row;
}

/// `purpose` nullopt: the page that only shows the row.
step_up::Facts facts_of(const Row& row, const SignedIn& who, const std::optional<std::string>& purpose)
{
    step_up::Facts facts;
    facts.same_account = true;  // the row is found by its account, and its seal is bound to it
    facts.same_session = row.session == who.session.id;
    facts.same_purpose = !purpose || row.purpose == *purpose;
    facts.same_summary = equal_constant_time(row.summary_digest, digest_of(row.summary));
    facts.asked_at = row.asked_at;
    return facts;
}

/// The row where a proof may be tried for it now.
std::optional<Row> live_row(db::Tx& tx, const proof::World& world, const SignedIn& who, const StepUpId& id,
                            const std::optional<std::string>& purpose, Instant now)
{
    const auto content = store::find_step_up(tx, world.keys, id, who.session.account, now);
    if (!content) return std::nullopt;
    Row row = row_of(*content);
    const auto verdict = step_up::may_prove(facts_of(row, who, purpose), now, world.step_up);
    return verdict == step_up::Verdict::right ? std::optional<Row>(std::move(row)) : std::nullopt;
}

/// Codes by mail or text: where one is the second factor, the password alone is no step-up.
bool holds_weak_second(const store::CredentialSet& credentials)
{
    return credentials.email_codes_since().has_value() || !credentials.phones().empty();
}

/// A key that was never verified counts beside the password only, so it is offered for no step-up alone.
Offers offers_of(const store::CredentialSet& credentials)
{
    const auto passkeys = credentials.passkey_counts();
    Offers offers;
    offers.passkey = passkeys.synced + passkeys.bound > 0;
    offers.app_code = credentials.totp_app_count() > 0;
    offers.password = step_up::suffices({policy::Method::password}, proof::highest_level_of(credentials),
                                        holds_weak_second(credentials));
    return offers;
}

/// What a passkey signs besides its nonce and time: account, session, this row and what was shown.
Bytes bound_to(const Row& row, const SignedIn& who, const StepUpId& id)
{
    return RecordWriter("step-up.challenge.1")
        .text(row.purpose)
        .bytes(who.session.account.value())
        .bytes(who.session.id.value())
        .bytes(id.value())
        .bytes(row.summary_digest)
        .take();
}

/// Facts read before the try is charged.
struct Ground {
    bool alive = false;
    Offers offers;
    Bytes bound_to;
    std::optional<store::StoredHash> password;
    std::optional<crypto::HashParameters> dearest;
    proof::Attempt attempt;
};

Ground read_ground(db::Tx& tx, const proof::World& world, const SignedIn& who, const StepUpId& id,
                   const std::string& purpose)
{
    const Instant now = world.clock.now();
    Ground ground;
    const auto row = live_row(tx, world, who, id, purpose, now);
    if (!row) return ground;
    const auto credentials = store::CredentialSet::load(tx, world.keys, who.session.account);
    if (credentials.state() != store::AccountState::active) return ground;
    ground.alive = true;
    ground.offers = offers_of(credentials);
    ground.bound_to = bound_to(*row, who, id);
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
};

/// What the evidence proves now, spending it.
ProofAnswer spend(db::Tx& tx, const proof::World& world, const SignedIn& who, const Plan& plan,
                  const store::CredentialSet& credentials, Instant now, policy::Methods& fresh)
{
    if (plan.passkey) {
        if (!proof::use_passkey(tx, credentials, *plan.passkey, who.asker, now)) return ProofAnswer::wrong;
        fresh.add(plan.passkey->method);
        return ProofAnswer::done;
    }
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
    const auto proven = spend(tx, world, who, plan, credentials, now, fresh);
    if (proven != ProofAnswer::done) return proven;
    auto facts = facts_of(*row, who, plan.purpose);
    facts.weak_second_held = holds_weak_second(credentials);
    const auto verdict =
        step_up::judge(facts, fresh, proof::highest_level_of(credentials), now, world.step_up);
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
        auto row = live_row(tx, world, who, *id, std::nullopt, world.clock.now());
        if (!row) return std::nullopt;
        const auto credentials = store::CredentialSet::load(tx, world.keys, who.session.account);
        return OpenStepUp{*id,
                          row->purpose,
                          std::move(row->summary),
                          row->confirm_path,
                          row->back_path,
                          offers_of(credentials)};
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
        Row row = row_of(*content);
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
    auto read = [&world, who, id, purpose](db::Tx& tx) { return read_ground(tx, world, who, *id, purpose); };
    auto ground = co_await world.database.transact(std::move(read));
    if (!ground.alive) co_return ProofOutcome{};
    Plan plan{*id,   std::move(purpose), std::move(given.typed), ground.offers.password,
              false, std::nullopt,       ground.attempt,         std::nullopt};
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
    if (plan.by_password) {
        const auto busy = co_await check_password(world, ground, plan);
        if (busy) co_return ProofOutcome{ProofAnswer::busy, {}, *busy};
    }
    co_return co_await finish(world, std::move(who), std::move(plan), std::move(deed));
}

Task<std::optional<PasskeyQuestion>> ask_passkey(const Access& access, SignedIn who, std::string id_text)
{
    proof::World& world = access.world();
    const auto id = StepUpId::parse(id_text);
    if (!id) co_return std::nullopt;
    auto work = [&world, &who, id](db::Tx& tx) -> std::optional<PasskeyQuestion> {
        const Instant now = world.clock.now();
        const auto row = live_row(tx, world, who, *id, std::nullopt, now);
        if (!row) return std::nullopt;
        const auto credentials = store::CredentialSet::load(tx, world.keys, who.session.account);
        return PasskeyQuestion{
            proof::make_passkey_challenge(world, row->purpose, bound_to(*row, who, *id), now),
            credentials.passkeys(tx), true};
    };
    co_return co_await world.database.transact(std::move(work));
}

}  // namespace sallyport::access

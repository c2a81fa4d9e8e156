#pragma once
// Somebody on the way through a sign-up, step by step, for this room's tests.
#include "crypto/totp.h"
#include "slices/sign_up/add_app.h"
#include "slices/sign_up/choose_password.h"
#include "slices/sign_up/confirm_address.h"
#include "slices/sign_up/create_account.h"
#include "slices/sign_up/enter_address.h"
#include "slices/sign_up/progress.h"
#include "support/world.h"

namespace sallyport::sign_up {

using Stage = policy::sign_up::Stage;

/// One browser. Mails are asked for from a network of its own, so that budgets do not mix.
struct Walk {
    test::World& w;
    std::string address = "ada@mail.example";
    std::string network = "192.0.2.7";
    std::string password = "violet kettles in april";
    std::optional<store::TokenHash> secret = std::nullopt;
    std::string code = {};  // the newest that was mailed here

    EnterOutcome enter()
    {
        auto outcome =
            sync_wait(enter_address(w.world, test::stranger(network), *Email::parse(address), secret));
        if (outcome.token) secret = outcome.token->hash;
        read_mail();
        return outcome;
    }
    void read_mail()
    {
        for (const auto& mail : test::new_mails(w))
            if (mail.to == address && mail.mail == "E1") code = test::parameter(mail, "code");
    }
    ConfirmOutcome confirm(std::string typed)
    {
        return sync_wait(confirm_address(w.world, *secret, std::move(typed)));
    }
    PasswordOutcome choose()
    {
        return sync_wait(choose_password(w.world, *secret, Secret::from_text(password), "en"));
    }
    [[nodiscard]] std::optional<Found> row() { return sync_wait(read_progress(w.world, *secret)); }
    std::string app_code(std::int64_t steps = 0)
    {
        return crypto::code_at_step(row()->progress.app_key, crypto::step_of(w.clock.now()) + steps);
    }
    AppOutcome prove_app(std::string typed)
    {
        return sync_wait(sign_up::prove_app(w.world, *secret, std::move(typed)));
    }
    CreateOutcome ask() { return sync_wait(ask_for_proof(w.world, *secret)); }
    /// The end of the code that is asked for.
    std::string part()
    {
        const auto found = row();
        if (!found || !found->progress.backup || found->progress.backup->asked == 0) return {};
        const auto& backup = *found->progress.backup;
        const std::string printed(
            backup.printed.at(static_cast<std::size_t>(backup.asked - 1)).reveal_text());
        return printed.substr(printed.size() - proof_characters);
    }
    CreateOutcome prove(std::string typed)
    {
        return sync_wait(prove_backup(w.world, test::stranger(network), *secret, std::move(typed)));
    }

    /// Up to the page of `stage`.
    Walk& to(Stage stage)
    {
        enter();
        if (stage >= Stage::password) confirm(code);
        if (stage >= Stage::app) choose();
        if (stage >= Stage::backup) prove_app(app_code());
        if (stage >= Stage::created) {
            ask();
            prove(part());
        }
        return *this;
    }
    [[nodiscard]] std::optional<AccountId> account()
    {
        return w.transact([&](db::Tx& tx) { return store::find_account(tx, Email::parse(address)->key()); });
    }
};

}  // namespace sallyport::sign_up

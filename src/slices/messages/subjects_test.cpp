// The list names each message as its mail did, and no parameter of it.
#include "slices/messages/subjects.h"

#include "render/messages.h"
#include "slices/messages/mails.h"
#include "slices/messages/texts.h"

#include <gtest/gtest.h>

namespace sallyport::messages {
namespace {

const MailBrand of_mails{"Exchange", "accounts.exchange.example"};

proof::Brand brand()
{
    proof::Brand out;
    out.name = of_mails.brand;
    out.host = of_mails.host;
    return out;
}

TEST(Subjects, AreThoseOfTheMails)
{
    constexpr const char* secret = "48213097";
    for (const char* const language : {"en", "ar", "en-XA", "ar-XB"})
        for (const std::string& name : mail_names()) {
            store::OutboxMail row{OutboxId(Uuid{1}), std::nullopt, name, "ada@mail.example", language, {}};
            for (const char* parameter : {"at", "browser", "address", "code", "left", "count", "case", "stop",
                                          "name", "until", "deed"})
                row.parameters.emplace_back(parameter, secret);
            const std::string said = subject_of(name, brand(), *render::language_of(language));
            // In Arabic the mail's own has a pair of marks around it that nobody sees.
            const std::string sent = render_mail(of_mails, row, from_unix_ms(1'795'331'501'000)).subject;
            EXPECT_NE(sent.find(said), std::string::npos) << name << ": " << sent;
            EXPECT_EQ(said.find(secret), std::string::npos) << name;
        }
}

TEST(Subjects, TextsHaveOneToo)
{
    for (const char* kind : {"T1", "T2", "T3", "T4", "T5", "T6", "T7", "T8", "T9", "T10", "T11", "T12", "T13",
                             "T14", "T15", "T16"})
        for (const auto language : {render::Language::en, render::Language::ar})
            EXPECT_NE(subject_of(kind, brand(), language), subject_of("X9", brand(), language)) << kind;
    EXPECT_EQ(subject_of("T1", brand(), render::Language::en), "Code to sign in");
    EXPECT_EQ(subject_of("of a newer version", brand(), render::Language::en),
              "A message about your Exchange account");
}

}  // namespace
}  // namespace sallyport::messages

#pragma once
// Every mail of the catalogue as the tests ask for it: a row with all that any mail may say, and what each of
// them says of it.
#include "slices/messages/mails.h"

#include <string>

namespace sallyport::messages {

inline const MailBrand brand{"Exchange", "accounts.exchange.example"};
inline const Instant created = from_unix_ms(1'795'331'501'000);
inline constexpr char words_of_ada[] = "amber lantern 4821";
inline constexpr char number_of_mail[] = "V-W19Z-WV74-AX11-6AAT";
inline constexpr char lock_code_of_ada[] = "0AB9Z-K3M5P";
inline constexpr const char* languages[] = {"en", "ar", "en-XA", "ar-XB"};

inline store::OutboxMail row(std::string mail, std::string language, bool with_words)
{
    store::OutboxMail out{OutboxId(*uuid_from_text("01932f5e-8a00-7000-8000-0123456789ab")),
                          std::nullopt,
                          std::move(mail),
                          "ada@mail.example",
                          std::move(language),
                          {{"at", "1795331501000"},
                           {"browser", "Firefox · Windows"},
                           {"address", "192.0.2.7"},
                           {"code", "48213097"},
                           {"left", "9"},
                           {"count", "3"},
                           {"case", "60412278"},
                           {"stop", "7K2MB-XQ4TR"},
                           {"name", "Phone"},
                           {"until", "1795417901000"},
                           {"deed", "Add a passkey"},
                           {"fact_label", "Account"},
                           {"fact_value", "ada"}},
                          number_of_mail};
    if (!with_words) return out;
    out.parameters.emplace_back("words", words_of_ada);
    out.parameters.emplace_back("lock_code", lock_code_of_ada);
    return out;
}

inline bool contains(const std::string& text, std::string_view part)
{
    return text.find(part) != std::string::npos;
}

struct Kind {
    const char* mail;
    bool code;
    bool says_browser;
    bool closed = false;  // a stranger can cause it: it says nothing of theirs
};
inline constexpr Kind kinds[] = {
    {"E1", true, false, true},
    {"E2", true, false, true},
    {"E9", false, false, true},
    {"E10", false, false},
    {"E11", false, true},
    {"E12", false, true},
    {"E12-copy", false, true},
    {"E15", false, true},
    {"E16", false, true},
    {"E19", false, true},
    {"E21", false, true},
    {"E22-asked", false, true},
    {"E22", false, false},
    {"E23", false, true},
    {"E27", false, true},
    {"E31", false, true},
    {"E4", true, true},
    {"E5", true, false, true},
    {"E5-none", false, false, true},
    {"E5-locked", false, false, true},
    {"E18", false, true},
    {"E19-reset", false, true},
    {"E6", true, false, true},
    {"E40", false, true},
    {"E45", false, false},
    {"E47-paused", false, true},
    {"E47", false, false},
    {"E48", false, true},
    {"E25-added", false, true},
    {"E25-asked", false, true},
    {"E25-changed", false, false},
    {"E25-removed", false, true},
    {"E26-on", false, true},
    {"E26-off", false, true},
    {"E19-added", false, true},
    {"E19-asked", false, true},
    {"E19-removed", false, false},
    {"E7", true, false, true},
    {"E7-again", true, true},
    {"E7-known", false, false, true},
    {"E29", false, true},
    {"E29-stopped", false, true},
    {"E30", false, false},
    {"E30-taken", false, false},
    {"E30-undone", false, false},
    {"E48-review", false, true},
    {"E17", false, true},
    {"E8", true, false, true},
    {"E50", false, true},
    {"E50-paused", false, true},
    {"E51-asked", false, true},
    {"E51", false, false},
    {"E2-second", true, true},
    {"E3", true, true},
    {"E13", false, false, true},
    {"E14", false, true},
    {"E20", false, false},
    {"E24-asked", false, true},
    {"E24", false, false},
    {"E28", false, false},
    {"E32", false, true},
    {"E32-added", false, true},
    {"E32-removed", false, true},
    {"E33", false, true},
    {"E33-asked", false, true},
    {"E34", false, true},
    {"E35", false, false},
    {"E35-early", false, true},
    {"E35-over", false, false},
    {"E36-added", false, true},
    {"E36-active", false, false},
    {"E36-removed", false, true},
    {"E37-raised", false, true},
    {"E37-asked", false, true},
    {"E37-lowered", false, false},
    {"E38-on", false, true},
    {"E38-asked", false, true},
    {"E38-off", false, false},
    {"E39-key-added", false, true},
    {"E39-key-removed", false, true},
    {"E39-app-added", false, true},
    {"E39-app-removed", false, true},
    {"E40-papers", false, false, true},
    {"E41", false, false, true},
    {"E42", false, false, true},
    {"E43", false, false},
    {"E44", false, false},
    {"E45-code", true, false, true},
    {"E46", false, false},
    {"E49", false, false},
    {"E52", false, false},
    {"E53", false, false, true},
    {"E54", false, false},
    {"E55-asked", false, true},
    {"E55", false, false},
    {"E56", false, false, true},
    {"E57", false, false, true},
    {"E57-fake", false, false, true},
    {"E57-genuine", false, false, true},
    {"E58", false, false},
    {"S1", false, false},
    {"S2", false, false},
    {"S3", false, false},
    {"S4-asked", false, false},
    {"S4", false, false},
    {"S5", false, false},
    {"S6", false, false},
    {"S7", false, false},
};

}  // namespace sallyport::messages

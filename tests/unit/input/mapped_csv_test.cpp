#include <doctest/doctest.h>

#include "contains.hpp"
#include "files.hpp"

using namespace consent_sync;
using namespace consent_sync::input;
using consent_sync::test::contains;

namespace {

std::vector<Row> csv_rows(const std::string& yaml, std::string_view content) {
  return rows_of("a.csv", content, by_mapping(yaml));
}

std::string csv_result(const std::string& yaml, std::string_view content) {
  return result_of(csv_rows(yaml, content).at(0));
}

const std::string wide_mapping =
    "customer: {id: Customer No}\nvalues: {allow: [granted], deny: [denied], unspecified: [unset]}\n"
    "categories: {analytics: stats, targeting: {all: [ads, remarketing]}, functional: {any: [chat, "
    "video]}}\n";

}  // namespace

TEST_CASE("columns of other names, words and combinations are read") {
  const std::string header = "note,Customer No,STATS,ads,remarketing,chat,video\n";
  CHECK(csv_result(wide_mapping, header + "x,7,granted,granted,granted,denied,granted\n") ==
        "functional=allow analytics=allow targeting=allow");
  CHECK(csv_result(wide_mapping, header + "x,7,Denied , granted,denied,denied,denied\n") ==
        "functional=deny analytics=deny targeting=deny");
  CHECK(csv_result(wide_mapping, header + "x,7,unset,granted,,denied,unset\n") ==
        "it decides nothing: no category is allowed or denied");
}

TEST_CASE("a value that the mapping does not know makes the row invalid and is named") {
  CHECK(csv_result(wide_mapping,
                   "Customer No,stats,ads,remarketing,chat,video\n7,yes,granted,granted,granted,granted\n") ==
        "\"stats\" is \"yes\", which the mapping has under none of its values (allow, deny, unspecified)");
}

TEST_CASE("a column that the mapping needs and the file lacks stops it; one that may be missing does not") {
  CHECK(contains(file_error_of("a.csv", "Customer No,stats,ads,remarketing,chat\n", by_mapping(wide_mapping)),
                 "no column \"video\", which the mapping needs"));
  CHECK(contains(
      file_error_of("a.csv", "Customer No,stats,ads,ADS,remarketing,chat,video\n", by_mapping(wide_mapping)),
      "\"ads\" twice"));
  const std::string optional = wide_mapping + "optional: [remarketing, video]\n";
  CHECK(csv_result(optional, "Customer No,stats,ads,chat\n7,denied,granted,denied\n") ==
        "functional=deny analytics=deny targeting=allow");
  CHECK(contains(
      file_error_of("a.csv", "Customer No,stats,ads,chat\n", by_mapping(optional + "decided_at: When\n")),
      "decided_at: ~"));
}

TEST_CASE("the delimiter is the one that gives the mapping its columns") {
  CHECK(csv_result("customer: {id: No}\ncategories: {analytics: 'a, b, c'}\n", "No;a, b, c\n7;yes\n") ==
        "analytics=allow");
}

TEST_CASE("inverted columns allow where their value denies") {
  const std::string yaml =
      "customer: {id: c}\ncategories: {targeting: do_not_sell}\ninverted: [do_not_sell]\n";
  CHECK(csv_result(yaml, "c,do_not_sell\n7,true\n") == "targeting=deny");
  CHECK(csv_result(yaml, "c,do_not_sell\n7,0\n") == "targeting=allow");
  CHECK_FALSE(csv_rows(yaml, "c,do_not_sell\n7,\n").at(0).record);
}

TEST_CASE("pairs in a text are read, in any order") {
  const std::string yaml =
      "customer: {id: c}\ndecisions: {pairs: groups}\nvalues: {allow: ['1'], deny: ['0'], unspecified: "
      "['-1']}\n"
      "categories: {analytics: C2, targeting: {all: [C4, C5]}}\noptional: [C5]\nignored: [C9]\n";
  CHECK(csv_result(yaml, "c,groups\n7,\"C4:0,C2:1,C9:x\"\n") == "analytics=allow targeting=deny");
  CHECK(csv_result(yaml, "c,groups\n7,\"C2:1, C4:1,C5:-1,\"\n") == "analytics=allow");
  CHECK(csv_result(yaml, "c,groups\n7,\"C2:1,C15:1\"\n") ==
        "the category \"C15\" has no place in the mapping; put it under categories or under ignored");
  CHECK(contains(csv_result(yaml, "c,groups\n7,\"C2:1,C2:0\"\n"), "it says two things of \"C2\""));
  CHECK(csv_result(yaml, "c,groups\n7,\"C2:1,C2:1\"\n") == "analytics=allow");
  CHECK(contains(csv_result(yaml, "c,groups\n7,C2\n"), "no pair"));
  CHECK(contains(csv_result(yaml, "c,groups\n7,\n"), "\"groups\" is missing or empty"));
}

TEST_CASE("pairs in a form-encoded text are found, and decoded") {
  const std::string yaml =
      "customer: {id: c}\ndecisions: {pairs: {field: cookie, form_key: groups}}\ncategories: {analytics: "
      "C2}\nignored: [C1]\n";
  CHECK(csv_result(yaml, "c,cookie\n7,isGpcEnabled=0&groups=C1%3A1%2CC2%3A0&geolocation=DE%3B\n") ==
        "analytics=deny");
  CHECK(contains(csv_result(yaml, "c,cookie\n7,group=C1%3A1\n"), "has no groups="));
  CHECK(contains(csv_result(yaml, "c,cookie\n7,groups=C2%3\n"), "damaged"));
  CHECK(contains(csv_result(yaml, "c,cookie\n7,groups=C2%3A1&groups=C2%3A0\n"), "twice"));
  CHECK(contains(csv_result(yaml, "c,cookie\n7,groups=%FF%3A1\n"), "decodes to no text"));
}

TEST_CASE("a condition tells defaults from choices") {
  const std::string yaml =
      "customer: {id: c}\ndecisions: {pairs: cookie}\nonly_if: {key: action, is: ['yes']}\ncategories: "
      "{analytics: a}\n";
  CHECK(csv_result(yaml, "c,cookie\n7,\"action:yes,a:no\"\n") == "analytics=deny");
  CHECK(csv_result(yaml, "c,cookie\n7,\"action:,a:no\"\n") ==
        "\"action\" is \"\": by the mapping's only_if this is no choice of the customer's");
  CHECK(contains(csv_result(yaml, "c,cookie\n7,\"a:no\"\n"), "\"action\" is missing"));
  const std::string field =
      "customer: {id: c}\nonly_if: {field: confirmed, is_not: ['false', '']}\ncategories: {analytics: a}\n";
  CHECK(csv_result(field, "c,confirmed,a\n7,TRUE,yes\n") == "analytics=allow");
  CHECK(contains(csv_result(field, "c,confirmed,a\n7,False,yes\n"), "only_if"));
  CHECK(contains(csv_result(field, "c,confirmed,a\n7,,yes\n"), "only_if"));
}

TEST_CASE("lists name what is allowed and denied; what neither names is left open, or denied") {
  const std::string yaml =
      "customer: {id: c}\ndecisions: {lists: {allow: yes_to, deny: no_to}}\ncategories: {analytics: '2', "
      "targeting: '3'}\n";
  CHECK(csv_result(yaml, "c,yes_to,no_to\n7,2|3,\n") == "analytics=allow targeting=allow");
  CHECK(csv_result(yaml, "c,yes_to,no_to\n7,\"[2]\",\"[3]\"\n") == "analytics=allow targeting=deny");
  CHECK(csv_result(yaml, "c,yes_to,no_to\n7,\"[\"\"2\"\"]\",\n") == "analytics=allow");
  CHECK(contains(csv_result(yaml, "c,yes_to,no_to\n7,2,2\n"), "two things of \"2\""));
  CHECK(contains(csv_result(yaml, "c,yes_to,no_to\n7,\"2;4\",\n"), "the category \"4\" has no place"));
  const std::string accepted =
      "customer: {id: c}\ndecisions: {lists: {allow: yes_to}}\nabsent: deny\ncategories: {analytics: '2', "
      "targeting: '3'}\n";
  CHECK(csv_result(accepted, "c,yes_to\n7,3\n") == "analytics=deny targeting=allow");
  CHECK(csv_result(accepted, "c,yes_to\n7,\n") == "analytics=deny targeting=deny");
}

TEST_CASE("lists of inverted categories allow what they deny") {
  const std::string yaml =
      "customer: {id: c}\ndecisions: {lists: {allow: yes_to, deny: no_to}}\ncategories: {analytics: stats, "
      "targeting: no_ads}\ninverted: [no_ads]\n";
  CHECK(csv_result(yaml, "c,yes_to,no_to\n7,no_ads|stats,\n") == "analytics=allow targeting=deny");
  CHECK(csv_result(yaml, "c,yes_to,no_to\n7,stats,\"[\"\"no_ads\"\"]\"\n") ==
        "analytics=allow targeting=allow");
}

TEST_CASE("an invalid row says whose it is, unless it is no choice of theirs or says nothing") {
  const auto whose = [](const std::string& yaml, std::string_view content) {
    const Row row = csv_rows(yaml, content).at(0);
    CHECK_FALSE(row.problem.empty());
    return row.customer ? std::to_string(row.customer->value()) : row.email;
  };
  const std::string by_id =
      "customer: {id: c}\nonly_if: {field: who, is_not: [default]}\ncategories: {analytics: a}\n";
  CHECK(whose(by_id, "c,who,a\n7,she,maybe\n") == "7");
  CHECK(whose(by_id, "c,who,a\n7,she\n") == "7");
  CHECK(whose(by_id, "c,who,a\n7,\xC3,no\n") == "7");
  CHECK(whose(by_id, "c,who,a\n7,default,maybe\n") == "");
  CHECK(whose(by_id, "c,who,a\n7,she,\n") == "");
  const std::string by_address = "customer: {email: c}\ncategories: {analytics: a}\n";
  CHECK(whose(by_address, "c,a\nx@example.com,maybe\n") == "x@example.com");
  CHECK(whose(by_address, "c,a\nx@example.com,no,x\n") == "x@example.com");
  const std::string long_form =
      "customer: {id: c}\ndecisions: {rows: {category: what, value: said}}\ncategories: {analytics: a}\n";
  CHECK(whose(long_form, "c,what,said,note\n7,a,no,caf\xE9\n") == "7");
}

TEST_CASE("a row with a delimiter too many is of the customer that it can have moved") {
  const std::string text = "note,Who,stats\nb, c,Jo@example.com,yes\nb, c,7,yes\n";
  const auto all = csv_rows("customer: {id_or_email: Who}\ncategories: {analytics: stats}\n", text);
  REQUIRE(all.size() == 2);
  CHECK(all[0].email == "jo@example.com");
  REQUIRE(all[1].customer);
  CHECK(all[1].customer->value() == 7);
  const auto by_email = csv_rows("customer: {email: Who}\ncategories: {analytics: stats}\n", text);
  CHECK(by_email.at(0).email == "jo@example.com");
  CHECK_FALSE(by_email.at(1).customer);
}

TEST_CASE("a JSON object in a field is read") {
  const std::string yaml =
      "customer: {id: c}\ndecisions: {object: purposes}\nvalues: {allow: ['true'], deny: ['false'], "
      "unspecified: [auto]}\n"
      "categories: {analytics: Stats, targeting: Ads}\n";
  CHECK(csv_result(yaml, "c,purposes\n7,\"{\"\"Stats\"\":true,\"\"Ads\"\":\"\"Auto\"\"}\"\n") ==
        "analytics=allow");
  CHECK(contains(csv_result(yaml, "c,purposes\n7,\"{\"\"Stats\"\":true,\"\"Stats\"\":false}\"\n"),
                 "a key twice"));
  CHECK(contains(csv_result(yaml, "c,purposes\n7,\"{\"\"Stats\"\":[true]}\"\n"), "not a single value"));
  CHECK(contains(csv_result(yaml, "c,purposes\n7,{Stats:true}\n"), "holds no JSON"));
  for (const char* no_object : {"\"[1]\"", "1", "true", "\"\"\"text\"\"\"", "\"\"\"1\"\"\""}) {
    CAPTURE(no_object);
    CHECK(contains(csv_result(yaml, std::string("c,purposes\n7,") + no_object + "\n"),
                   "not a value that the mapping can use there"));
  }
}

TEST_CASE("fields within JSON in a column are found by a pointer") {
  const std::string yaml =
      "customer: {id: c}\ncategories: {analytics: 'cookie#/con/a', targeting: 'cookie#/con/m'}\noptional: "
      "['cookie#/con/m']\n";
  CHECK(csv_result(yaml, "c,cookie\n7,\"{\"\"con\"\":{\"\"a\"\":false}}\"\n") == "analytics=deny");
}

TEST_CASE("long form: each row speaks of one category of its customer") {
  const std::string yaml =
      "customer: {id: c}\ndecided_at: t\ndecisions: {rows: {category: service, value: given}}\n"
      "categories: {analytics: S1, targeting: {all: [S2, S3]}}\nignored: [S4]\n";
  const Files files;
  const auto reader = open_reader(files.write("a.csv",
                                              "c,service,given,t\n7,S1,yes,2026-01-02T03:04:05Z\n8,S2,no,\n7,"
                                              "S3,,\n7,S4,what,\n7,S5,yes,\n8,S1,perhaps,\n"),
                                  by_mapping(yaml));
  REQUIRE(reader->composition() != nullptr);
  CHECK(reader->composition()->parts == 3);
  const auto all = read_all(*reader);
  REQUIRE(all.size() == 6);
  CHECK(all[0].record->part == 0);
  CHECK(to_string(all[0].record->choice) == "analytics=allow");
  CHECK(all[0].record->decided_at);
  CHECK(all[1].record->part == 1);
  CHECK(to_string(all[1].record->choice) == "targeting=deny");
  CHECK(all[2].record->part == 2);
  CHECK(all[2].record->choice.is_empty());
  CHECK(all[3].record->part == consent::no_part);
  CHECK(contains(all[4].problem, "\"S5\" has no place"));
  CHECK(all[4].customer->value() == 7);
  CHECK(contains(all[5].problem, "\"perhaps\""));
  CHECK(all[5].customer->value() == 8);
}

TEST_CASE("a record by e-mail address has it in lower case, and problems never show it") {
  const std::string yaml = "customer: {email: Email}\ncategories: {analytics: a}\n";
  const auto all =
      csv_rows(yaml,
               "Email,a\n Jo.Doe@Example.COM ,yes\njo.example.com,yes\njo@a@b.c,no\n@b.c,no\n,no\n\"x@y.z, "
               "a@b.c\",no\njo@example.com,jo@example.com\n");
  REQUIRE(all.size() == 7);
  CHECK(all[0].by_email->email == "jo.doe@example.com");
  CHECK(to_string(all[0].by_email->choice) == "analytics=allow");
  CHECK_FALSE(all[0].record);
  for (std::size_t i = 1; i < all.size(); ++i) {
    CAPTURE(i);
    CHECK_FALSE(all[i].by_email);
    CHECK_FALSE(all[i].problem.empty());
    CHECK(all[i].problem.find("jo") == std::string::npos);
    CHECK(all[i].problem.find('@') == (i == 1 ? all[i].problem.find("@ (") : std::string::npos));
  }
}

TEST_CASE("where a column holds ids and addresses, an @ tells them apart") {
  const auto all = csv_rows("customer: {id_or_email: Who}\ncategories: {analytics: a}\n",
                            "Who,a\n42,yes\nJo@x.org,no\njo@,no\njo,no\n");
  REQUIRE(all.size() == 4);
  CHECK(all[0].record->customer.value() == 42);
  CHECK(all[1].by_email->email == "jo@x.org");
  CHECK(contains(all[2].problem, "e-mail address is not whole"));
  CHECK(contains(all[3].problem, "Who is \"jo\""));
}

TEST_CASE("times in the formats that the mapping names are read, and others are not") {
  const std::string yaml =
      "customer: {id: c}\ndecided_at: {from: t, formats: ['%d.%m.%Y %H:%M', epoch_ms], zone: "
      "'+01:00'}\ncategories: {analytics: a}\n";
  const auto all =
      csv_rows(yaml, "c,a,t\n7,yes,24.11.2025 10:00\n7,yes,1763974800000\n7,yes,\n7,yes,2025-11-24\n");
  CHECK(all[0].record->decided_at == consent::parse_rfc3339("2025-11-24T09:00:00Z"));
  CHECK(all[1].record->decided_at == all[0].record->decided_at);
  CHECK_FALSE(all[2].record->decided_at);
  CHECK(contains(all[3].problem, "\"t\" cannot be read: it is \"2025-11-24\""));
}

#include "customer_id_text.hpp"

#include <doctest/doctest.h>

using consent_sync::input::read_customer_id;

namespace {

std::string problem_of(std::string_view text) {
  std::string problem;
  CHECK_FALSE(read_customer_id(text, problem));
  return problem;
}

}  // namespace

TEST_CASE("a customer id is a string of digits from 1 to 2^63-1") {
  std::string problem;
  CHECK(read_customer_id("1", problem)->value() == 1);
  CHECK(read_customer_id("12345", problem)->value() == 12345);
  CHECK(read_customer_id("9223372036854775807", problem)->value() == 9223372036854775807);
  CHECK(problem.empty());
}

TEST_CASE("the reason names what a spreadsheet made of an id") {
  CHECK(problem_of("1.23E+07") ==
        "customer_id is \"1.23E+07\": a spreadsheet has rounded it; export the column as whole numbers");
  CHECK(problem_of("1,23E+07").find("rounded") != std::string::npos);
  CHECK(problem_of("1E7").find("rounded") != std::string::npos);
  CHECK(problem_of("12,345").find("thousands separators") != std::string::npos);
  CHECK(problem_of("1.234.567").find("thousands separators") != std::string::npos);
  CHECK(problem_of("12 345").find("thousands separators") != std::string::npos);
  CHECK(problem_of("42.0").find("decimal point") != std::string::npos);
  CHECK(problem_of("42,5").find("decimal point") != std::string::npos);
  CHECK(problem_of("00042").find("leading zeros") != std::string::npos);
}

TEST_CASE("an id out of range says so") {
  CHECK(problem_of("") == "customer_id is empty");
  CHECK(problem_of("0").find("start at 1") != std::string::npos);
  CHECK(problem_of("000").find("start at 1") != std::string::npos);
  CHECK(problem_of("-1").find("negative") != std::string::npos);
  CHECK(problem_of("9223372036854775808").find("greater than 9223372036854775807") != std::string::npos);
  CHECK(problem_of("99999999999999999999999").find("greater than") != std::string::npos);
}

TEST_CASE("whatever else stands for an id is no whole number") {
  for (const char* text :
       {"abc", "12a", "+5", "0x10", "1_000", "-", ".", ",", "1,23,456", "12,34", "NaN", "--5"}) {
    CAPTURE(text);
    CHECK_FALSE(problem_of(text).empty());
  }
  CHECK(problem_of("0x10").find("not a whole number") != std::string::npos);
  CHECK(problem_of("+5").find("not a whole number") != std::string::npos);
}

TEST_CASE("an e-mail address in place of an id is not repeated") {
  const std::string problem = problem_of("jo.doe@example.com");
  CHECK(problem == "customer_id is an e-mail address: the store's number of the customer is needed");
}

TEST_CASE("a long value is shortened in the reason") {
  CHECK(problem_of(std::string(500, 'x')).size() < 120);
}

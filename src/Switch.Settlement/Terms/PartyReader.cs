using System.Collections.Frozen;
using Switch.Settlement.Files;

namespace Switch.Settlement.Terms;

/// <summary>Reads who takes part: operator, acquirers and merchants.</summary>
internal sealed class PartyReader
{
    private readonly FrozenDictionary<string, HolidayCalendar> _calendars;
    private readonly FrozenDictionary<string, Tariff> _plans;
    private readonly VatTable _vat;

    public PartyReader(
        FrozenDictionary<string, HolidayCalendar> calendars, FrozenDictionary<string, Tariff> plans, VatTable vat)
    {
        _calendars = calendars;
        _plans = plans;
        _vat = vat;
    }

    public static OperatorTerms Operator(TermsSection root)
    {
        if (root.Section("operator", isRequired: true) is not { } section) return new("", [], "", "", "", "");
        var read = new OperatorTerms(
            section.Required("name", TermsText.Line, TermsText.TextForm, ""),
            section.List<string>("address", TermsText.Line, TermsText.TextForm, 4),
            section.Required("country", TermsText.Country, TermsText.CountryForm, ""),
            section.Required("iban", TermsText.Iban, TermsText.IbanForm, ""),
            section.Required("bic", TermsText.Bic, TermsText.BicForm, ""),
            section.Value("vat_id", TermsText.Line, TermsText.TextForm, ""))
        {
            Town = section.Value("town", TermsText.Town, TermsText.TownForm, ""),
        };
        section.Close();
        BankFaults(section, new BankAccount(read.Name, read.Iban, "", read.Bic, read.Country));
        return read;
    }

    public static FrozenDictionary<string, AcquirerTerms> Acquirers(TermsSection root)
    {
        root.Require("acquirers");
        var acquirers = new Dictionary<string, AcquirerTerms>(StringComparer.Ordinal);
        foreach (var section in root.Sections("acquirers", TermsLimits.Acquirers))
        {
            var name = section.Required("name", TermsText.Name, TermsText.NameForm, "");
            var title = section.Value("title", TermsText.Line, TermsText.TextForm, name);
            var member = section.Value("member_id", TermsText.Line, TermsText.TextForm, "");
            section.Close();
            if (!acquirers.TryAdd(name, new AcquirerTerms(name, title, member)))
                section.Fault($"acquirer '{name}' is listed twice");
        }

        return acquirers.ToFrozenDictionary(StringComparer.Ordinal);
    }

    public FrozenDictionary<string, MerchantTerms> Merchants(TermsSection root)
    {
        var merchants = new Dictionary<string, MerchantTerms>(StringComparer.Ordinal);
        foreach (var section in root.Sections("merchants", TermsLimits.Merchants))
        {
            var id = section.Required("id", TermsText.MerchantId, "a merchant id (1 to 15 characters)", "");
            var name = section.Required("name", TermsText.Line, TermsText.TextForm, "");
            var merchant = Conditions(section, id, name) with
            {
                Address = section.List<string>("address", TermsText.Line, TermsText.TextForm, 4),
                Town = section.Value("town", TermsText.Town, TermsText.TownForm, ""),
                Iban = section.Value("iban", TermsText.Iban, TermsText.IbanForm, ""),
                Account = section.Value("account", TermsText.Account, "an account number of 1 to 34 characters", ""),
                Bic = section.Value("bic", TermsText.Bic, TermsText.BicForm, ""),
            };
            merchant = WithPayout(section, merchant);
            merchant = merchant with { Changes = Changes(section, merchant) };
            section.Close();
            if (merchant.Iban.Length > 0 && merchant.Account.Length > 0)
                section.Fault("'iban' and 'account' exclude each other");
            if (merchant.Account.Length > 0 && merchant.Bic.Length == 0) section.Fault("'account' needs a 'bic'");
            else if (merchant.HasBankAccount)
            {
                BankFaults(section, new BankAccount(
                    name, merchant.Iban, merchant.Account, merchant.Bic, merchant.Country));
            }

            if (!merchants.TryAdd(id, merchant)) section.Fault($"merchant '{id}' is listed twice");
        }

        return merchants.ToFrozenDictionary(StringComparer.Ordinal);
    }

    /// <summary>What holds for merchants that are not listed: no account, so nothing here about payouts.</summary>
    public MerchantTerms Unlisted(TermsSection root)
    {
        if (root.Section("unlisted_merchants", isRequired: true) is not { } section)
            return new MerchantTerms { Id = "", Name = "", Country = "", Plan = "" };
        var read = Conditions(section, "", "");
        section.Close();
        return read;
    }

    private MerchantTerms Conditions(TermsSection section, string id, string name)
    {
        var country = section.Required("country", TermsText.Country, TermsText.CountryForm, "");
        var plan = section.Required("plan", TermsText.OneOf(_plans.Keys), "one of 'plans'", "");
        section.Require("vat");
        var (treatment, vatId) = Vat(section, country) ?? default;
        var (ppm, days) = Reserve(section) ?? default;
        return new MerchantTerms
        {
            Id = id,
            Name = name,
            Country = country,
            Plan = plan,
            Vat = treatment,
            VatId = vatId ?? "",
            ReservePpm = ppm,
            ReserveDays = days,
        };
    }

    // What a bank would refuse later would stop the payouts of everybody, after they were ordered. What is missing or
    // cannot be read the section has said.
    private static void BankFaults(TermsSection section, BankAccount account)
    {
        if (account.Name.Length == 0 || account.Iban.Length + account.Account.Length == 0) return;
        foreach (var fault in PaymentOrderRules.AccountFaults(account)) section.Fault(fault);
    }

    // Each of them is complete, so that whoever looks one up need not look further back.
    private List<MerchantTerms> Changes(TermsSection parent, MerchantTerms first)
    {
        var changes = new List<MerchantTerms>();
        var before = first;
        foreach (var section in parent.Sections("changes", TermsLimits.ChangesOfMerchant))
        {
            var from = section.Required("from", TermsText.Date, TermsText.DateForm, DateOnly.MaxValue);
            var plan = section.Value("plan", TermsText.OneOf(_plans.Keys), "one of 'plans'", before.Plan);
            var (treatment, vatId) = Vat(section, first.Country) ?? (before.Vat, before.VatId);
            var (ppm, days) = Reserve(section) ?? (before.ReservePpm, before.ReserveDays);
            section.Close();
            if (from <= before.From) section.Fault("the dates of 'changes' have to rise");
            before = before with
            {
                From = from,
                Plan = plan,
                Vat = treatment,
                VatId = vatId,
                ReservePpm = ppm,
                ReserveDays = days,
            };
            changes.Add(before);
        }

        return changes;
    }

    private (VatTreatment Treatment, string Id)? Vat(TermsSection parent, string country)
    {
        if (parent.Section("vat") is not { } section) return null;
        var treatment = section.Required(
            "treatment",
            TermsText.Word(
                ("charged", VatTreatment.Charged),
                ("reverse_charge", VatTreatment.ReverseCharge),
                ("exempt", VatTreatment.Exempt)),
            "charged, reverse_charge or exempt",
            VatTreatment.Exempt);
        var id = section.Value("id", TermsText.Line, TermsText.TextForm, "");
        section.Close();
        if (treatment == VatTreatment.Charged && country.Length > 0 && !_vat.Rates.ContainsKey(country))
            section.Fault($"VAT is charged and 'vat' has no rate of {country}");
        if (treatment == VatTreatment.ReverseCharge && id.Length == 0) section.Fault("reverse_charge needs an 'id'");
        return (treatment, id);
    }

    private static (int Ppm, int Days)? Reserve(TermsSection parent)
    {
        if (parent.Section("reserve") is not { } section) return null;
        var ppm = section.Required("percent", TermsText.Percent, TermsText.PercentForm, 0);
        var days = section.Required(
            "days",
            TermsText.Days(TermsLimits.ReserveDays),
            $"a number of days from 0 to {TermsLimits.ReserveDays}",
            0);
        section.Close();
        return (ppm, days);
    }

    private MerchantTerms WithPayout(TermsSection parent, MerchantTerms merchant)
    {
        if (parent.Section("payout") is not { } section) return merchant;
        var days = section.Value(
            "days", TermsText.Days(TermsLimits.PayoutDays), $"a number of days from 0 to {TermsLimits.PayoutDays}", 1);
        var calendar = section.Value("calendar", TermsText.OneOf(_calendars.Keys), "one of 'calendars'", "");
        section.Close();
        return merchant with
        {
            PayoutDays = days,
            Calendar = _calendars.TryGetValue(calendar, out var known) ? known : HolidayCalendar.Weekends,
        };
    }
}

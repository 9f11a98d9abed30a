using System.Collections.Frozen;
using Switch.Settlement.Reconciliation;

namespace Switch.Settlement.Terms;

/// <summary>Reads settlement.yaml: every key known, every value checked, every fault with its line.</summary>
internal static class TermsReader
{
    private const int CharactersMax = 64 * 1024 * 1024;

    /// <summary>The terms, which are good only when no fault was added.</summary>
    public static SettlementTerms? Read(string text, TermsFaults faults)
    {
        if (text.Length > CharactersMax)
        {
            faults.Add(1, "", $"the file has more than {CharactersMax} characters");
            return null;
        }

        if (TermsNode.Load(text, faults) is not { } node) return null;
        var root = new TermsSection(node, "", faults);
        if (root.IsBroken) return null;
        root.Required("format", TermsText.Word(("1", 1)), "1, the only format so far", 1);
        var currencies = Distinct(
            root, "currencies", TermsText.Currency, TermsText.CurrencyForm, TermsLimits.Currencies);
        var schemes = Distinct(root, "schemes", TermsText.Name, TermsText.NameForm, TermsLimits.Schemes);
        var regions = Regions(root);
        var calendars = Calendars(root);
        var vat = Vat(root);
        var tariffs = new TariffReader(currencies, schemes);
        var plans = Plans(root, tariffs);
        var interchange = tariffs.Read(root, "interchange", "interchange");
        var schemeFees = tariffs.Read(root, "scheme_fees", "scheme");
        var acquirers = PartyReader.Acquirers(root);
        var parties = new PartyReader(calendars, plans, vat);
        var terms = new SettlementTerms
        {
            Operator = PartyReader.Operator(root),
            Currencies = currencies,
            Schemes = schemes,
            RegionOfCountry = regions,
            Acquirers = acquirers,
            Reconciliation = ReconciliationTerms.Read(root, acquirers.Keys),
            Calendars = calendars,
            Plans = plans,
            Interchange = interchange,
            SchemeFees = schemeFees,
            Vat = vat,
            Merchants = parties.Merchants(root),
            Unlisted = parties.Unlisted(root),
        };
        root.Close();
        return terms;
    }

    private static List<string> Distinct(
        TermsSection root, string key, TryRead<string> read, string form, int max)
    {
        root.Require(key);
        var values = root.List<string>(key, read, form, max);
        foreach (var twice in values.GroupBy(static v => v).Where(static g => g.Count() > 1))
            root.Fault($"{key}: '{twice.Key}' is listed twice");
        return values;
    }

    private static FrozenDictionary<string, string> Regions(TermsSection root)
    {
        var regionOf = new Dictionary<string, string>(StringComparer.Ordinal);
        if (root.Section("regions") is { } section)
        {
            foreach (var (name, line) in section.Left)
            {
                foreach (var country in section.List<string>(
                    name, TermsText.Country, TermsText.CountryForm, TermsLimits.Countries))
                {
                    if (!regionOf.TryAdd(country, name))
                        root.Faults.Add(line, section.Child(name), $"{country} is in '{regionOf[country]}' already");
                }
            }
        }

        return regionOf.ToFrozenDictionary(StringComparer.Ordinal);
    }

    private static FrozenDictionary<string, HolidayCalendar> Calendars(TermsSection root)
    {
        var calendars = new Dictionary<string, HolidayCalendar>(StringComparer.Ordinal);
        if (root.Section("calendars") is { } section)
        {
            foreach (var (name, line) in section.Left)
            {
                var days = section.List<DateOnly>(name, TermsText.Date, TermsText.DateForm, TermsLimits.Holidays);
                var twice = days.GroupBy(static d => d).FirstOrDefault(static g => g.Count() > 1);
                if (twice is not null)
                    root.Faults.Add(line, section.Child(name), $"{twice.Key:yyyy-MM-dd} is listed twice");
                calendars[name] = new HolidayCalendar(name, days);
            }

            section.Close();
        }

        return calendars.ToFrozenDictionary(StringComparer.Ordinal);
    }

    private static VatTable Vat(TermsSection root)
    {
        var rates = new Dictionary<string, SortedDictionary<DateOnly, int>>(StringComparer.Ordinal);
        foreach (var section in root.Sections("vat", TermsLimits.VatRates))
        {
            var country = section.Required("country", TermsText.Country, TermsText.CountryForm, "");
            var percent = section.Required("percent", TermsText.Percent, TermsText.PercentForm, 0);
            var from = section.Required("from", TermsText.Date, TermsText.DateForm, DateOnly.MinValue);
            if (!rates.TryGetValue(country, out var byDate)) rates[country] = byDate = [];
            if (!byDate.TryAdd(from, percent)) section.Fault($"{country} has a rate from {from:yyyy-MM-dd} already");
            section.Close();
        }

        return new VatTable(rates.ToFrozenDictionary(
            static pair => pair.Key,
            static pair => (IReadOnlyList<VatRate>)[.. pair.Value.Select(r => new VatRate(r.Key, r.Value))],
            StringComparer.Ordinal));
    }

    private static FrozenDictionary<string, Tariff> Plans(TermsSection root, TariffReader tariffs)
    {
        var plans = new Dictionary<string, Tariff>(StringComparer.Ordinal);
        if (root.Section("plans", isRequired: true) is not { } section) return FrozenDictionary<string, Tariff>.Empty;
        foreach (var (name, line) in section.Left)
        {
            if (!TermsText.Name(name, out _))
                root.Faults.Add(line, section.Path, $"'{name}' is not {TermsText.NameForm}");
            if (plans.Count == TermsLimits.Plans)
            {
                root.Faults.Add(line, section.Path, $"more than {TermsLimits.Plans} plans");
                break;
            }

            plans[name] = tariffs.Read(section, name, $"mdr/{name}");
        }

        section.Close();
        return plans.ToFrozenDictionary(StringComparer.Ordinal);
    }
}

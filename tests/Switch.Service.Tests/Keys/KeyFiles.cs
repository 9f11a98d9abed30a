using Switch.Service.Cards;
using Switch.Service.Keys;

namespace Switch.Service.Tests.Keys;

/// <summary>Key rings and cards for tests.</summary>
internal static class KeyFiles
{
    public static KeyRing Ring(params string[] sealIds)
    {
        var keys = new List<SwitchKey>();
        foreach (var id in sealIds.DefaultIfEmpty("seal-1")) keys.Add(Key(id, KeyPurpose.Seal));
        keys.Add(Key("token-1", KeyPurpose.Token));
        keys.Add(Key("identity-1", KeyPurpose.Identity));
        return new KeyRing(keys);
    }

    public static SwitchKey Key(string id, KeyPurpose purpose) =>
        new(id, purpose, System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(id)));

    public static Pan Pan(string text)
    {
        Assert.True(Switch.Service.Cards.Pan.TryParse(text, out var pan, out _));
        return pan;
    }

    public static CardExpiry Expiry(int year, int month)
    {
        Assert.True(CardExpiry.TryCreate(year, month, out var expiry));
        return expiry;
    }
}

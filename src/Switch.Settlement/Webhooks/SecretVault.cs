using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;

namespace Switch.Settlement.Webhooks;

/// <summary>
/// Encrypts secrets for the database with ASP.NET Core's Data Protection. Its keys lie in a folder, are renewed every
/// 90 days and kept for what they encrypted. A sealed secret opens for its own endpoint only.
/// </summary>
internal sealed class SecretVault
{
    private const string Application = "cardswitch.settlement";
    private const string Purpose = "webhook.secret.v1";
    private const UnixFileMode OthersMode =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    private readonly IDataProtectionProvider _provider;

    private SecretVault(IDataProtectionProvider provider) => _provider = provider;

    /// <summary>Opens the folder of keys; makes it, for its owner alone, when it is not there.</summary>
    /// <exception cref="IOException">It can't be made, or others may use it.</exception>
    public static SecretVault Open(string keysPath)
    {
        var folder = new DirectoryInfo(keysPath);
        if (!OperatingSystem.IsWindows())
        {
            if (!folder.Exists)
                Directory.CreateDirectory(
                    keysPath, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            if ((File.GetUnixFileMode(keysPath) & OthersMode) != 0)
                throw new IOException($"{keysPath}: only its owner may use the folder of keys (mode 0700)");
        }

        return new SecretVault(DataProtectionProvider.Create(folder, setup => setup.SetApplicationName(Application)));
    }

    /// <summary>The form for the database.</summary>
    public string Seal(string endpointId, WebhookSecret secret) => Protector(endpointId).Protect(secret.Reveal());

    /// <summary>What <see cref="Seal"/> made; null when it was changed, is another endpoint's, or its key is
    /// gone.</summary>
    public WebhookSecret? Unseal(string endpointId, string text)
    {
        try
        {
            return WebhookSecret.TryParse(Protector(endpointId).Unprotect(text), out var secret) ? secret : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private IDataProtector Protector(string endpointId) => _provider.CreateProtector(Purpose, endpointId);
}

using Switch.Service.Hosting;

namespace Switch.Service.Keys;

/// <summary>The key ring and everything that is derived from it.</summary>
internal static class KeysRegistration
{
    /// <exception cref="InvalidConfigurationException">The key file can't be used.</exception>
    public static void AddKeys(this IServiceCollection services, SwitchOptions options)
    {
        services.AddSingleton(Load(options.Files));
        services.AddSingleton<CardSealer>();
        services.AddSingleton<CardTokenizer>();
        services.AddSingleton<TransactionIdentity>();
    }

    private static KeyRing Load(ServiceFileOptions files)
    {
        try
        {
            return KeyRing.Load(files.Keys, files.KeysMayBeGroupReadable);
        }
        catch (KeyFileException e)
        {
            throw new InvalidConfigurationException(
                [.. e.Faults.Select(fault => $"Switch:Files:Keys: {files.Keys}: {fault}")]);
        }
    }
}
